import Drawing
import TestSupport
import Testing

@Suite struct CanvasProperties {
  private static let pieces = [
    "a", "가", "─│", "한글abc", "漢", "e\u{301}x", "👍🏽", "\u{200B}", "각", "\u{1B}", "\u{202E}", "👩‍👧", "क्ष", "\u{301}",
    "🇰🇷", "\u{FE0F}", "\u{10FFFF}", "\u{E000}", "●▲✗",
  ]

  /// Whatever is drawn over whatever, every row stays exactly as wide as the canvas, holds nothing that could drive a
  /// terminal, and in ASCII nothing but ASCII.
  @Test(arguments: 0..<200 as Range<UInt64>, [GlyphSet.utf8, .ascii])
  func anyDrawingLeavesAWellFormedFrame(seed: UInt64, glyphSet: GlyphSet) {
    var random = SeededGenerator(seed: seed)
    var canvas = Canvas(columns: Int.random(in: 1...12, using: &random), rows: 3, glyphSet: glyphSet)
    for _ in 0..<40 {
      let text = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        Self.pieces.randomElement(using: &random) ?? ""
      }.joined()
      let (x, y) = (Int.random(in: -3...14, using: &random), Int.random(in: -1...3, using: &random))
      let rect = Rect(x: x, y: y, width: Int.random(in: 0...5, using: &random), height: 2)
      switch Int.random(in: 0..<8, using: &random) {
      case 0: canvas.clear(rect, .raised)
      case 1: canvas.fill(rect, .selection)
      case 2: canvas.within(rect) { $0.put(text, x: x, y: y, over: true) }
      case 3: canvas.put(text, x: x, y: y, width: 4, align: .right)
      default: canvas.put(text, x: x, y: y, over: Bool.random(using: &random))
      }
      #expect(isWellFormed(canvas), "seed \(seed)")
    }
  }

  /// What is measured is what is drawn.
  @Test(arguments: 0..<200 as Range<UInt64>) func widthIsWhatPutTakes(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let text = (0..<6).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
    var canvas = Canvas(columns: 120, rows: 1)
    #expect(canvas.put(text, x: 0, y: 0) == text.cellWidth, "seed \(seed): \(text.unicodeScalars.map(\.value))")
    #expect(visible(text).cellWidth == text.cellWidth, "seed \(seed)")
    let width = Int.random(in: 0...12, using: &random)
    #expect(middleEllipsis(text, width).cellWidth <= width, "seed \(seed)")
    #expect(endEllipsis(text, width).cellWidth <= width, "seed \(seed)")
  }

  private func isWellFormed(_ canvas: Canvas) -> Bool {
    for row in 0..<canvas.size.rows {
      var column = 0
      while column < canvas.size.columns {
        let glyph = canvas.glyph(x: column, y: row)
        guard glyph.width > 0 else { return false }
        if glyph.width == 2, column + 1 >= canvas.size.columns || canvas.glyph(x: column + 1, y: row) != .continuation {
          return false
        }
        for scalar in glyph.scalars {
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: return false
          default: if canvas.glyphSet == .ascii, !scalar.isASCII { return false }
          }
        }
        column += glyph.width
      }
    }
    return true
  }
}
