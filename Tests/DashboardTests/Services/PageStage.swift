import Drawing
import Operations
import Testing

@testable import Dashboard

/// A page on a screen of its own, with a state of the system, for pictures and for keys.
struct PageStage<Shown: Page> {
  var page: Shown
  var context: PageContext
  var glyphs: GlyphSet

  init(
    _ page: Shown, _ snapshot: SystemSnapshot = IncidentFixture.snapshot(), columns: Int = 118, rows: Int = 36,
    glyphs: GlyphSet = .utf8
  ) {
    self.page = page
    self.glyphs = glyphs
    context = PageContext(
      snapshot: snapshot, isFrozen: false, size: Size(columns: columns, rows: rows), zoneOffset: 0, motion: true,
      transaction: nil, log: [])
    _ = self.page.refresh(context)
  }

  /// Presses keys written with blanks between: `j j Tab Enter`. Returns what the last one brought about.
  @discardableResult
  mutating func press(_ keys: String) -> [Action]? {
    var actions: [Action]?
    for word in keys.split(separator: " ") {
      actions = page.press(KeyPress(Self.key(String(word))), context)
      _ = page.refresh(context)
    }
    return actions
  }

  private static func key(_ word: String) -> KeyPress.Key {
    switch word {
    case "Enter": .enter
    case "Esc": .escape
    case "Tab": .tab
    case "BackTab": .backTab
    case "Left": .left
    case "Right": .right
    case "PgDn": .pageDown
    case "End": .end
    default: .character(Character(word))
    }
  }

  mutating func go(to destination: Destination) -> [Action] {
    let actions = page.go(to: destination, context)
    _ = page.refresh(context)
    return actions
  }

  /// A new state of the system comes.
  mutating func show(_ snapshot: SystemSnapshot) {
    context.snapshot = snapshot
    _ = page.refresh(context)
  }

  var area: Rect { FrameLayout(size: context.size).page }

  @discardableResult
  mutating func point(_ action: MouseEvent.Action, column: Int, row: Int) -> [Action]? {
    let actions = page.point(MouseEvent(action, column: column, row: row), in: area, context)
    _ = page.refresh(context)
    return actions
  }

  func canvas() -> Canvas {
    var canvas = Canvas(size: context.size, glyphSet: glyphs, isStrict: true)
    canvas.within(area) { page.draw(on: &$0, in: area, context) }
    return canvas
  }

  /// The page's own lines; fails the test where the drawing lied about space.
  func picture(_ location: SourceLocation = #_sourceLocation) -> String {
    let canvas = canvas()
    #expect(canvas.violations.isEmpty, "\(context.size) \(glyphs)", sourceLocation: location)
    return canvas.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(area.y)
      .map(String.init).joined(separator: "\n")
  }

  /// The line of the screen on which `text` stands first.
  func line(of text: String) -> Int? { canvas().lines.firstIndex { $0.contains(text) } }

  /// The row with the bar of the cursor.
  var barLine: String? {
    canvas().lines.first { $0.contains("▌") }
  }
}

extension [Action]? {
  /// Where the actions lead.
  var destination: Destination? {
    for case .open(let destination) in self ?? [] { return destination }
    return nil
  }

  /// What is done to the system.
  var command: Command? {
    for case .effect(.perform(let command)) in self ?? [] { return command }
    return nil
  }

  /// What is said in the last line.
  var sentence: String? {
    for case .say(let text, _) in self ?? [] { return text }
    return nil
  }

  var leadsBack: Bool {
    for case .back in self ?? [] { return true }
    return false
  }
}

extension String {
  /// Without empty lines at the end.
  var trimmedEnd: String {
    var text = self[...]
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }
}
