import Drawing
import Operations
import Testing

@testable import Dashboard

/// Keys as words: `5`, `Enter`, `Tab`, `text:8f3a`.
enum Keys {
  static func parse(_ text: String) -> [KeyPress] {
    text.split(separator: " ").flatMap { word -> [KeyPress] in
      switch word {
      case "Enter": [KeyPress(.enter)]
      case "Esc": [KeyPress(.escape)]
      case "Tab": [KeyPress(.tab)]
      case "BackTab": [KeyPress(.backTab)]
      case "Space": [KeyPress(.character(" "))]
      case "Up": [KeyPress(.up)]
      case "Down": [KeyPress(.down)]
      case "Left": [KeyPress(.left)]
      case "Right": [KeyPress(.right)]
      case "Home": [KeyPress(.home)]
      case "End": [KeyPress(.end)]
      case "PgUp": [KeyPress(.pageUp)]
      case "PgDn": [KeyPress(.pageDown)]
      case "Backspace": [KeyPress(.backspace)]
      case "Delete": [KeyPress(.delete)]
      case let word where word.hasPrefix("text:"): word.dropFirst(5).map { KeyPress(.character($0 == "_" ? " " : $0)) }
      case let word where word.hasPrefix("^"): word.dropFirst().map { KeyPress(.control($0)) }
      default: word.map { KeyPress(.character($0)) }
      }
    }
  }
}

/// A cockpit that is tried: keys in, effects out, and what is on the screen.
struct Cockpit {
  var model: Model
  private(set) var effects: [Effect] = []

  init(_ snapshot: SystemSnapshot = ShopFixture.snapshot, columns: Int = 118, rows: Int = 36) {
    model = Model(
      snapshot: snapshot, size: Size(columns: columns, rows: rows), themes: ["dark", "light", "nord"])
    model.frameTime = 700_000
  }

  /// Presses keys; ``effects`` holds what they asked for.
  mutating func press(_ keys: String) {
    effects = []
    for key in Keys.parse(keys) { effects += update(&model, .key(key)) }
  }

  mutating func send(_ input: Input) { effects = update(&model, input) }

  func canvas(_ glyphs: GlyphSet = .utf8) -> Canvas {
    var canvas = Canvas(size: model.size, glyphSet: glyphs, isStrict: true)
    draw(model, on: &canvas)
    return canvas
  }

  var lines: [String] { canvas().lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) } }
  var text: String { lines.joined(separator: "\n") }
  var statusLine: String { lines[0] }
  var lastLine: String { lines[model.size.rows - 1] }
}
