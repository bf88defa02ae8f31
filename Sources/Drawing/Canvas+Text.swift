extension Canvas {
  /// Draws `text` from (`x`, `y`) to the right and returns the column after it.
  ///
  /// - Parameters:
  ///   - background: the ground under the text; nil keeps what is there.
  ///   - width: the field the text belongs in; text wider than it is cut, and is a violation.
  ///   - align: where the text stands in its field.
  ///   - over: whether it may cover text already there.
  ///
  /// On the ground `selection`, `border` is drawn as `faint`, `faint` as `muted` and `muted` as `text`, so that they can be
  /// seen there.
  @discardableResult
  public mutating func put(
    _ text: String, x: Int, y: Int, _ ink: Ink = .text, background: Ink? = nil, bold: Bool = false, width: Int? = nil,
    align: Alignment = .left, over: Bool = false
  ) -> Int {
    rich([Run(text, ink, bold: bold)], x: x, y: y, background: background, width: width, align: align, over: over)
  }

  /// Draws runs one after the other and returns the column after them; the rest is as with ``put(_:x:y:_:background:bold:width:align:over:)``.
  @discardableResult
  public mutating func rich(
    _ runs: [Run], x: Int, y: Int, background: Ink? = nil, width: Int? = nil, align: Alignment = .left,
    over: Bool = false
  ) -> Int {
    var column = x
    var end = Int.max
    if let width {
      let needed = runs.cellWidth
      if needed > width { report(.clipped, "\(runs.text) is \(needed) wide, its field \(width)", x: x, y: y) }
      switch align {
      case .left: break
      case .right: column += max(0, width - needed)
      case .center: column += max(0, (width - needed) / 2)
      }
      end = x + max(0, width)
    }
    for run in runs { column = draw(run, x: column, y: y, background: background, end: end, over: over) }
    return column
  }

  private mutating func draw(_ run: Run, x: Int, y: Int, background: Ink?, end: Int, over: Bool) -> Int {
    var (column, reported) = (x, false)
    for glyph in cells(of: run.text) {
      let width = glyph.width
      guard column + width <= end else { break }
      defer { column += width }
      guard y >= field.y, y < field.bottom, column >= field.x, column + width <= field.right else {
        if !reported { report(.outside, run.text, x: column, y: y) }
        reported = true
        continue
      }
      if !over, !reported, (column..<column + width).contains(where: { isTaken(x: $0, y: y) }) {
        report(.overlap, "\(run.text) over \(self.glyph(x: column, y: y).text)", x: column, y: y)
        reported = true
      }
      let ground = background ?? ground(x: column, y: y)
      let style = CellStyle(lifted(run.ink, on: ground), on: ground, run.attributes)
      set(glyph, width: width, x: column, y: y, style: style)
    }
    return column
  }

  private func cells(of text: String) -> [Glyph] {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.unicodeScalars.map(Glyph.init) }
    let glyphs = Glyph.glyphs(of: text)
    return glyphSet == .utf8 ? glyphs : GlyphSet.asciiGlyphs(glyphs)
  }

  private func lifted(_ ink: Ink, on ground: Ink) -> Ink {
    guard ground.name == .selection else { return ink }
    return ink == .border ? .faint : ink == .faint ? .muted : ink == .muted ? .text : ink
  }
}
