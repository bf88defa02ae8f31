import Drawing
import Testing

/// A canvas' size and what it is to look like.
struct Picture: Sendable, CustomTestStringConvertible {
  let size: Size
  let glyphSet: GlyphSet
  let expected: String

  init(_ columns: Int, _ rows: Int, _ expected: String) {
    self.init(columns, rows, .utf8, expected)
  }

  init(_ columns: Int, _ rows: Int, _ glyphSet: GlyphSet, _ expected: String) {
    size = Size(columns: columns, rows: rows)
    self.glyphSet = glyphSet
    self.expected = expected
  }

  var testDescription: String { "\(size.columns)×\(size.rows) \(glyphSet)" }

  /// Draws, and expects the picture, nothing drawn where it may not be, and in ASCII nothing else.
  func expect(_ location: SourceLocation = #_sourceLocation, _ draw: (inout Canvas) -> Void) {
    let canvas = drawn(draw, location)
    #expect(canvas.text == expected, sourceLocation: location)
  }

  /// The same for the styles.
  func expectStyles(_ location: SourceLocation = #_sourceLocation, _ draw: (inout Canvas) -> Void) {
    let canvas = drawn(draw, location)
    #expect(canvas.styleMap == expected, sourceLocation: location)
  }

  private func drawn(_ draw: (inout Canvas) -> Void, _ location: SourceLocation) -> Canvas {
    var canvas = Canvas(size: size, glyphSet: glyphSet, isStrict: true)
    draw(&canvas)
    #expect(canvas.violations == [], sourceLocation: location)
    if glyphSet == .ascii { #expect(canvas.text.utf8.allSatisfy { $0 < 0x7F }, sourceLocation: location) }
    return canvas
  }
}
