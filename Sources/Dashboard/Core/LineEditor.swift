import Drawing

/// One line of text that is being typed, with its cursor and the lines typed before.
///
/// A value: what a key makes of it is a new value. Wide and combined characters count as one.
struct LineEditor: Sendable, Hashable {
  /// Longer lines are cut; nobody types them, but somebody pastes them.
  static let limit = 1_000

  private var characters: [Character]
  /// How many characters stand before the cursor.
  private(set) var cursor: Int
  /// Oldest first.
  private(set) var history: [String]
  /// Where in the history we are; its count is the line that is being typed.
  private var place: Int
  private var draft = ""

  init(_ text: String = "", history: [String] = []) {
    characters = Array(Self.line(text))
    cursor = characters.count
    self.history = history
    place = history.count
  }

  var text: String {
    get { String(characters) }
    set {
      characters = Array(Self.line(newValue))
      cursor = characters.count
    }
  }

  /// Puts text in at the cursor. Line breaks and other controls become blanks.
  mutating func insert(_ text: String) {
    let added = Self.line(text).prefix(max(0, Self.limit - characters.count))
    characters.insert(contentsOf: added, at: cursor)
    cursor += added.count
  }

  /// Does what the key says. False when it means nothing to a line.
  mutating func press(_ key: KeyPress) -> Bool {
    if key.alt { return false }
    switch key.key {
    case .character(let character): insert(String(character))
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .backspace: remove(from: cursor - 1, to: cursor)
    case .delete, .control("d"): remove(from: cursor, to: cursor + 1)
    case .control("u"): remove(from: 0, to: cursor)
    case .control("k"): remove(from: cursor, to: characters.count)
    case .control("w"): remove(from: wordStart, to: cursor)
    case .up: recall(place - 1)
    case .down: recall(place + 1)
    default: return false
    }
    return true
  }

  private var wordStart: Int {
    var start = cursor
    while start > 0, characters[start - 1] == " " { start -= 1 }
    while start > 0, characters[start - 1] != " " { start -= 1 }
    return start
  }

  private mutating func remove(from start: Int, to end: Int) {
    let (start, end) = (max(0, start), min(characters.count, end))
    guard start < end else { return }
    characters.removeSubrange(start..<end)
    cursor = start
  }

  private mutating func recall(_ wanted: Int) {
    guard (0...history.count).contains(wanted), wanted != place else { return }
    if place == history.count { draft = text }
    place = wanted
    text = wanted == history.count ? draft : history[wanted]
  }

  private static func line(_ text: String) -> Substring {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isBlank = scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
      scalars.append(isBlank ? " " : scalar)
    }
    return String(scalars).prefix(limit)
  }
}

extension LineEditor {
  /// Draws the line in `width` columns so that its cursor is seen, and the cursor as a reversed cell.
  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, ink: Ink = .strong) {
    guard width > 1 else { return }
    let shown = window(width)
    var column = x
    for index in shown {
      let word = visible(String(characters[index]))
      if index == cursor {
        column = canvas.put(word, x: column, y: y, .onAccent, background: .accent, bold: true)
      } else {
        column = canvas.put(word, x: column, y: y, ink)
      }
    }
    if cursor == characters.count { canvas.fill(Rect(x: column, y: y, width: 1, height: 1), .accent) }
  }

  /// The characters that are shown: as many as fit, the cursor among them.
  private func window(_ width: Int) -> Range<Int> {
    func columns(_ index: Int) -> Int { visible(String(characters[index])).cellWidth }
    // One column is the cursor's own when it stands behind the last character.
    var (start, end, room) = (cursor, cursor, width - 1)
    if end < characters.count, columns(end) <= width {
      room = width - columns(end)
      end += 1
    }
    while start > 0, columns(start - 1) <= room {
      start -= 1
      room -= columns(start)
    }
    while end < characters.count, columns(end) <= room {
      room -= columns(end)
      end += 1
    }
    return start..<end
  }
}
