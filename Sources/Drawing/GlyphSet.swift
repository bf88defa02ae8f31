/// Which characters may be drawn.
public enum GlyphSet: Hashable, Sendable {
  case utf8
  /// Printable ASCII alone. Each glyph keeps its columns.
  case ascii
}

extension GlyphSet {
  /// What stands in ASCII for a glyph of ours; nil for one that is not ours.
  ///
  /// `▁▂▃…` map as a sparkline does and `▲` as a state. Widgets that mean something else by them (a breaker's history,
  /// a bar, an arrow) look at the canvas' glyphs and draw their own letters.
  static func ascii(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar {
    case "●": "*"
    case "▲": "!"
    case "✗": "x"
    case "○": "O"
    case "◐": "o"
    case "⊗": "X"
    case "⊘": "/"
    case "◇": "m"
    case "✓": "v"
    case "■": "#"
    case "↺", "◀", "◂", "←": "<"
    case "▸", "▶", "→", "⇢", "›", "▌": ">"
    case "↯": "%"
    case "✉": "@"
    case "▤": "="
    case "◷": "s"
    case "┃", "│", "├", "┤": "|"
    case "┊": ":"
    case "▾", "▼", "↓": "v"
    case "▴", "↑": "^"
    case "─", "–", "−", "—": "-"
    case "━": "="
    case "╌", "·", "◌": "."
    case "╭", "╮", "╰", "╯", "┬", "┴", "┼": "+"
    case "•": "!"
    case "…": "~"
    case "×": "x"
    case "µ": "u"
    case "±": "+"
    case "≤": "<"
    case "≥": ">"
    case "↵", "⏎": "e"
    case "▁": "_"
    case "▂": "."
    case "▃": "-"
    case "▄": "="
    case "▅": "+"
    case "▆": "*"
    case "▇": "#"
    case "█": "@"
    default: nil
    }
  }

  /// The ASCII cells for the glyphs of a text, as many as they take. `≤` and `≥` are two letters where a blank beside
  /// them gives them the room.
  static func asciiGlyphs(_ glyphs: [Glyph]) -> [Glyph] {
    var cells: [Glyph] = []
    cells.reserveCapacity(glyphs.count)
    var isBlankTaken = false
    for (index, glyph) in glyphs.enumerated() {
      if isBlankTaken {
        isBlankTaken = false
        continue
      }
      cells += asciiGlyphs(glyph)
      guard glyph.base == "≤" || glyph.base == "≥" else { continue }
      if index + 1 < glyphs.count, glyphs[index + 1] == .blank {
        isBlankTaken = true
      } else if cells.count > 1, cells[cells.count - 2] == .blank {
        cells.remove(at: cells.count - 2)
      } else {
        continue
      }
      cells.append(Glyph("="))
    }
    return cells
  }

  /// The ASCII cells for a glyph: ours by the table, a letter with marks without them, anything else `?` per column.
  static func asciiGlyphs(_ glyph: Glyph) -> [Glyph] {
    let base = glyph.base
    if base.isASCII { return [Glyph(base)] }
    if let ours = ascii(base) { return [Glyph(ours)] }
    return Array(repeating: Glyph(plainLetter(base) ?? "?"), count: glyph.width)
  }

  /// `é` as `e`, for Latin letters that are one letter and marks.
  private static func plainLetter(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    guard let row = latin.first(where: { $0.accented.contains(scalar) }) else { return nil }
    return row.plain
  }

  private static let latin: [(plain: Unicode.Scalar, accented: String.UnicodeScalarView)] = [
    ("A", "ÀÁÂÃÄÅĀĂĄ"), ("C", "ÇĆČ"), ("D", "ĎĐ"), ("E", "ÈÉÊËĒĘĚ"), ("I", "ÌÍÎÏĪ"), ("L", "Ł"), ("N", "ÑŃŇ"),
    ("O", "ÒÓÔÕÖØŌŐ"), ("R", "Ř"), ("S", "ŚŠŞ"), ("T", "Ť"), ("U", "ÙÚÛÜŪŮŰ"), ("Y", "ÝŸ"), ("Z", "ŹŻŽ"),
    ("a", "àáâãäåāăą"), ("c", "çćč"), ("d", "ďđ"), ("e", "èéêëēęě"), ("i", "ìíîïī"), ("l", "ł"), ("n", "ñńň"),
    ("o", "òóôõöøōő"), ("r", "ř"), ("s", "śšş"), ("t", "ť"), ("u", "ùúûüūůű"), ("y", "ýÿ"), ("z", "źżž"),
    ("'", "‘’"), ("\"", "“”"), (" ", "\u{A0}"),
  ].map { ($0.0, $0.1.unicodeScalars) }
}
