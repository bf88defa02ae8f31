extension Canvas {
  /// The frame as text, one line a row with the blanks at its end cut: what a test compares.
  public var text: String {
    lines.map { line in
      var line = line[...]
      while line.last == " " { line.removeLast() }
      return String(line)
    }.joined(separator: "\n")
  }

  /// The rows as text, each as wide as the canvas.
  public var lines: [String] {
    (0..<size.rows).map { row in
      var line = String.UnicodeScalarView()
      for glyph in glyphs[row * size.columns..<(row + 1) * size.columns] { line.append(contentsOf: glyph.scalars) }
      return String(line)
    }
  }

  /// The frame's styles as letters, one a cell in order of appearance (`.` is plain), and below them what each is:
  ///
  ///     aaa..bbbb
  ///     a title bold
  ///     b failing on alarm
  ///
  /// A blank cell counts by its ground alone.
  public var styleMap: String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    var known: [CellStyle: Character] = [.plain: "."]
    var (legend, lines): ([String], [String]) = ([], [])
    for row in 0..<size.rows {
      var line = ""
      for index in row * size.columns..<(row + 1) * size.columns {
        let style = glyphs[index] == .blank ? CellStyle(.text, on: styles[index].background) : styles[index]
        if known[style] == nil {
          let letter = legend.count < letters.count ? letters[legend.count] : "#"
          known[style] = letter
          legend.append("\(letter) \(style)")
        }
        line.append(known[style] ?? "#")
      }
      while line.last == "." { line.removeLast() }
      lines.append(line)
    }
    return (lines + legend).joined(separator: "\n")
  }
}

extension Canvas: Equatable {
  /// Whether two frames look the same.
  public static func == (one: Canvas, other: Canvas) -> Bool {
    one.size == other.size && one.glyphs == other.glyphs && one.styles == other.styles
  }
}
