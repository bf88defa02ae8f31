import Drawing
import Operations
import Widgets

/// The keys: the page's, then those that work everywhere.
struct HelpPopup: PopupContent {
  private let title: String
  private let keys: [KeyHint]
  private let everywhere: [KeyHint]
  private var scrolled = ScrolledLines()

  /// Keys that do something to a system are left out where it is only watched, and those that are about something on a
  /// page that has nothing.
  init(page: any Page, _ snapshot: SystemSnapshot) {
    let isOnlyWatched = snapshot.system.isOnlyWatched
    let isVacant = page.id.isVacant(snapshot)
    title = page.id.rawValue
    keys = isVacant ? [] : page.help.filter { !($0.isDeed && isOnlyWatched) }
    everywhere =
      Self.everywhere.filter { !($0.isDeed && isOnlyWatched) && !(isVacant && Self.aboutThings.contains($0)) }
      + (isVacant ? [KeyHint("L", "the whole log")] : [])
  }

  private static let aboutThings = everywhere.filter {
    ["Tab  Shift-Tab", "Enter  Esc", "/", "w", "l  L", "y"].contains($0.key)
  }

  static let everywhere: [KeyHint] = [
    KeyHint("1 … 9  0", "pages"),
    KeyHint("Tab  Shift-Tab", "next panel, previous panel"),
    KeyHint("Enter  Esc", "into the thing under the cursor, and back"),
    KeyHint("[  ]", "back and forward through the places you were at"),
    KeyHint("Space", "freeze; again: live"),
    KeyHint(",  .", "one second back, forward"),
    KeyHint("<  >", "ten seconds back, forward"),
    KeyHint("/", "filter; Esc clears it"),
    KeyHint("#", "go to a transaction by its id or the beginning of it"),
    KeyHint(":", "command; Tab completes, ↑ brings back earlier ones"),
    KeyHint("w", "why the thing under the cursor is as it is"),
    KeyHint("f", "break the thing under the cursor; f twice: as the last time", isDeed: true),
    KeyHint("!", "end all faults", isDeed: true),
    KeyHint("l  L", "log of the thing under the cursor, the whole log"),
    KeyHint("y", "copy the name or id under the cursor"),
    KeyHint("+  -", "more, fewer frames a second"),
    KeyHint("Ctrl-L  Ctrl-Z", "paint anew, suspend"),
    KeyHint("q", "quit"),
    KeyHint("mouse", "click selects, double click opens, the wheel scrolls, headings sort"),
  ]

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    if scrolled.press(key) {
      settle(context)
      return []
    }
    switch key.key {
    case .escape, .enter, .character("?"), .character("q"): return [.dismiss]
    default: return []
    }
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    switch event.action {
    case .wheelUp: scrolled.scroll(-3)
    case .wheelDown: scrolled.scroll(3)
    case .press where !box(context).frame(in: context.size).contains(x: event.column, y: event.row): return [.dismiss]
    default: break
    }
    settle(context)
    return []
  }

  private mutating func settle(_ context: PageContext) {
    let inside = box(context).frame(in: context.size).height - 2
    scrolled.settle(count: lines(width: 60).count, height: inside)
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    Widgets.Popup(
      [Run("keys", .title, bold: true), Run("  " + title, .strong, bold: true)], note: [Run("Esc closes", .muted)],
      width: 74, height: lines(width: 70).count + 2)
  }

  private func lines(width: Int, _ glyphs: GlyphSet = .utf8) -> [[Run]] {
    func section(_ hints: [KeyHint]) -> [[Run]] {
      hints.flatMap { hint -> [[Run]] in
        let column = 16
        let rest = wrapped([Run(hint.word, .text)], width: max(8, width - column))
        return (rest.isEmpty ? [[]] : rest).enumerated().map { index, line in
          let name = hint.key.replacing(Glyphs.enter, with: Glyphs.enterKey(glyphs))
          let key = index == 0 ? endEllipsis(name, column - 1) : ""
          let blank = String(repeating: " ", count: column - key.cellWidth)
          return [Run(key, .accent, bold: true), Run(blank)] + line
        }
      }
    }
    let own = section(keys)
    return (own.isEmpty ? [] : own + [[]]) + section(everywhere)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas)
    scrolled.draw(lines(width: inside.width, canvas.glyphSet), on: &canvas, in: inside)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["keys"] }
  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("↑↓", "scroll"), KeyHint("Esc", "close")] }
}
