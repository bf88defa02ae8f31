/// The drawing surface of every page and widget: a grid of cells with a glyph and a style in words.
///
/// Everything here is a value: text widths, rectangles, inks by name, what a theme makes of them. It never knows a
/// terminal, a page or a colour that was not asked of a theme.
public struct Canvas: Sendable {
  public let size: Size
  /// Whether text is drawn in UTF-8 or its ASCII stand-ins.
  public let glyphSet: GlyphSet
  /// Row-major, `size.columns` a row.
  public private(set) var glyphs: [Glyph]
  /// Row-major, beside `glyphs`.
  public private(set) var styles: [CellStyle]
  /// What was drawn where it may not be; always empty unless `isStrict`.
  public private(set) var violations: [Violation] = []
  /// Whether drawing is accounted for. Debug builds do, release builds do not.
  public let isStrict: Bool

  /// The cells drawing is confined to; narrowed by ``within(_:_:)``.
  public private(set) var field: Rect
  private var isTaken: [Bool]

  /// Whether this build accounts for drawing unless told otherwise.
  public static var isStrictByDefault: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// A blank page on the ground `background`.
  public init(size: Size, glyphSet: GlyphSet = .utf8, isStrict: Bool = Canvas.isStrictByDefault) {
    self.size = size
    self.glyphSet = glyphSet
    self.isStrict = isStrict
    let count = size.columns * size.rows
    glyphs = Array(repeating: .blank, count: count)
    styles = Array(repeating: .plain, count: count)
    isTaken = isStrict ? Array(repeating: false, count: count) : []
    field = Rect(x: 0, y: 0, width: size.columns, height: size.rows)
  }

  public init(columns: Int, rows: Int, glyphSet: GlyphSet = .utf8) {
    self.init(size: Size(columns: columns, rows: rows), glyphSet: glyphSet)
  }

  public var bounds: Rect { Rect(x: 0, y: 0, width: size.columns, height: size.rows) }

  /// Confines what `body` draws to `rect`: text that leaves it is cut, and is a violation.
  public mutating func within(_ rect: Rect, _ body: (inout Canvas) -> Void) {
    let outer = field
    field = outer.intersection(rect)
    body(&self)
    field = outer
  }

  /// The style of a cell; plain outside the canvas.
  public func style(x: Int, y: Int) -> CellStyle {
    bounds.contains(x: x, y: y) ? styles[y * size.columns + x] : .plain
  }

  /// The glyph of a cell; blank outside the canvas.
  public func glyph(x: Int, y: Int) -> Glyph {
    bounds.contains(x: x, y: y) ? glyphs[y * size.columns + x] : .blank
  }

  /// The ground of a cell.
  public func ground(x: Int, y: Int) -> Ink { style(x: x, y: y).background }
}

// MARK: - Cells, for the drawing in this module

extension Canvas {
  mutating func report(_ kind: Violation.Kind, _ text: String, x: Int, y: Int) {
    guard isStrict else { return }
    violations.append(Violation(kind: kind, text: text, x: x, y: y))
  }

  /// Whether text stands in the cell.
  func isTaken(x: Int, y: Int) -> Bool { isStrict && isTaken[y * size.columns + x] }

  /// Puts one glyph into cells known to be in the field.
  mutating func set(_ glyph: Glyph, width: Int, x: Int, y: Int, style: CellStyle) {
    let index = y * size.columns + x
    blankHalves(of: index, row: y)
    if width == 2 { blankHalves(of: index + 1, row: y) }
    for column in 0..<width {
      glyphs[index + column] = column == 0 ? glyph : .continuation
      styles[index + column] = style
      if isStrict { isTaken[index + column] = glyph != .blank }
    }
  }

  mutating func modifyStyle(x: Int, y: Int, _ change: (inout CellStyle) -> Void) {
    change(&styles[y * size.columns + x])
  }

  /// Says that text may be drawn over the cell.
  mutating func release(x: Int, y: Int) {
    if isStrict { isTaken[y * size.columns + x] = false }
  }

  /// A wide glyph that loses one half loses the other too.
  private mutating func blankHalves(of index: Int, row: Int) {
    if glyphs[index] == .continuation {
      glyphs[index - 1] = .blank
      glyphs[index] = .blank
    } else if index + 1 < (row + 1) * size.columns, glyphs[index + 1] == .continuation {
      glyphs[index + 1] = .blank
    }
  }
}
