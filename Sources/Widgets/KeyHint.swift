public import Drawing

/// A key and what it does here.
public struct KeyHint: Hashable, Sendable {
  public var key: String
  public var word: String

  public init(_ key: String, _ word: String) {
    self.key = key
    self.word = word
  }

  /// Draws as many as fit, two blanks apart, and returns the column after the last.
  @discardableResult
  public static func draw(_ hints: [KeyHint], on canvas: inout Canvas, x: Int, y: Int, width: Int) -> Int {
    var column = x
    for hint in hints {
      let runs = [Run(hint.key, .accent, bold: true), Run(" " + hint.word, .muted)].namingKeys(canvas.glyphSet)
      let start = column == x ? x : column + 2
      guard start + runs.cellWidth <= x + width else { break }
      column = canvas.rich(runs, x: start, y: y)
    }
    return column
  }
}

extension [Run] {
  /// The runs with the Enter key named as the last line names it: `↵`, in ASCII `Enter`.
  public func namingKeys(_ set: GlyphSet) -> [Run] {
    guard set == .ascii, contains(where: { $0.text == Glyphs.enter }) else { return self }
    return map { run in
      guard run.text == Glyphs.enter else { return run }
      return Run(Glyphs.enterKey(set), run.ink, attributes: run.attributes)
    }
  }
}

/// A word on a ground of its own: the current page, FROZEN, an acting button.
public struct Badge: Hashable, Sendable {
  public var text: String
  public var ground: Ink

  public init(_ text: String, ground: Ink = .accent) {
    self.text = text
    self.ground = ground
  }

  /// The columns it takes, with a blank on each side.
  public var cellWidth: Int { text.cellWidth + 2 }

  /// Draws it and returns the column after it.
  @discardableResult
  public func draw(on canvas: inout Canvas, x: Int, y: Int) -> Int {
    canvas.put(" \(text) ", x: x, y: y, .onAccent, background: ground, bold: true)
  }
}
