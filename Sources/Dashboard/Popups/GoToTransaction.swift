import Drawing
import Operations
import TraceModel
import Widgets

/// Goes to a transaction by its id, the beginning of it, or the short form `8f3a…21c9`; typed or pasted.
struct GoToTransaction: PopupContent {
  private var editor: LineEditor
  private var ids: [GTXID] = []
  /// The prefix that ``ids`` begin with; nil before the first answer.
  private var answered: String?
  private var selected = 0
  /// Whether a single match opens as soon as the answer is there: after a paste and after Enter.
  private var opensSingle = false

  init(_ text: String = "") {
    editor = LineEditor(text)
    opensSingle = !text.isEmpty
  }

  /// What was typed, without what is not part of an id.
  private var wanted: (prefix: String, suffix: String) {
    var text = editor.text.lowercased()
    if let equals = text.lastIndex(of: "=") { text = String(text[text.index(after: equals)...]) }
    let parts = text.split(separator: "…", maxSplits: 1, omittingEmptySubsequences: false)
    func digits(_ part: Substring) -> String { String(part.filter { !" #-\"'".contains($0) }) }
    return (digits(parts.first ?? ""), parts.count > 1 ? digits(parts[1]) : "")
  }

  /// The id that was typed in full: 32 digits, or the 16 of an older system when nothing else begins so.
  private var whole: GTXID? {
    let count = wanted.prefix.utf8.count
    guard count == 32 || count == 16 && answered == wanted.prefix && ids.isEmpty else { return nil }
    return GTXID(wanted.prefix)
  }

  private var problem: String? {
    let (prefix, suffix) = wanted
    if (prefix + suffix).contains(where: { !$0.isHexDigit || !$0.isASCII }) { return "an id has only 0–9 and a–f" }
    return prefix.count > 32 ? "an id has 32 digits" : nil
  }

  private var matches: [GTXID] {
    let (prefix, suffix) = wanted
    guard problem == nil, !prefix.isEmpty else { return [] }
    return ids.filter { $0.matches(prefix: prefix) && $0.hex.hasSuffix(suffix) }
  }

  // MARK: Keys

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .escape: return [.dismiss]
    case .down: selected = min(max(0, matches.count - 1), selected + 1)
    case .up: selected = max(0, selected - 1)
    case .enter: return enter()
    default:
      opensSingle = false
      if editor.press(key) { return ask() }
    }
    return []
  }

  mutating func paste(_ text: String, _ context: PageContext) -> [Action] {
    editor.insert(text.filter { !$0.isWhitespace })
    opensSingle = true
    return ask()
  }

  /// Asks for the ids that begin so. Internal, for the command that opens the popup with a text.
  mutating func ask() -> [Action] {
    selected = 0
    let prefix = wanted.prefix
    guard problem == nil, !prefix.isEmpty else { return [] }
    return [.effect(.findTransactions(prefix: prefix))]
  }

  private mutating func enter() -> [Action] {
    let matches = matches
    if answered == wanted.prefix, matches.indices.contains(selected) { return open(matches[selected]) }
    if let id = whole { return open(id) }
    guard problem == nil, !wanted.prefix.isEmpty, answered != wanted.prefix else { return [] }
    opensSingle = true
    return [.effect(.findTransactions(prefix: wanted.prefix))]
  }

  private func open(_ id: GTXID) -> [Action] { [.dismiss, .open(.transaction(id, span: nil))] }

  mutating func found(_ ids: [GTXID], prefix: String, _ context: PageContext) -> [Action] {
    guard prefix == wanted.prefix else { return [] }
    self.ids = ids
    answered = prefix
    selected = min(selected, max(0, matches.count - 1))
    if opensSingle, matches.count == 1 { return open(matches[0]) }
    return []
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let frame = box.frame(in: context.size)
    guard frame.contains(x: event.column, y: event.row) else { return event.action == .press ? [.dismiss] : [] }
    let row = event.row - frame.y - 3
    guard event.action == .press || event.action == .doubleClick, matches.indices.contains(row) else { return [] }
    selected = row
    return event.action == .doubleClick ? open(matches[row]) : []
  }

  // MARK: Picture

  private static let rows = 8

  private var box: Widgets.Popup {
    Widgets.Popup([Run("go to transaction", .title, bold: true)], tone: .accent, width: 72, height: Self.rows + 4)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box.draw(on: &canvas).inset(left: 1, right: 1)
    guard inside.height > 2 else { return }
    canvas.put("#", x: inside.x, y: inside.y, .accent, bold: true)
    editor.draw(on: &canvas, x: inside.x + 2, y: inside.y, width: inside.width - 2)
    let list = inside.inset(top: 2)
    if let sentence {
      canvas.rich(endEllipsis([sentence], list.width), x: list.x, y: list.y)
      return
    }
    for (row, id) in matches.prefix(list.height).enumerated() {
      if row == selected { Selection.focused.draw(on: &canvas, x: list.x, y: list.y + row, width: list.width) }
      draw(id, on: &canvas, x: list.x, y: list.y + row, width: list.width, context)
    }
  }

  private var sentence: Run? {
    if let problem { return Run(problem, .failing) }
    if wanted.prefix.isEmpty { return Run("Type or paste an id, or how it begins.", .muted) }
    guard answered != nil else { return Run("reading…", .muted) }
    return matches.isEmpty ? Run("No transaction begins with \(wanted.prefix).", .muted) : nil
  }

  private func draw(_ id: GTXID, on canvas: inout Canvas, x: Int, y: Int, width: Int, _ context: PageContext) {
    // What was typed may be the low half, or begin it.
    let digits = id.hex
    let begin = digits.hasPrefix(wanted.prefix) ? 0 : 16
    let typed = String(digits.dropFirst(begin).prefix(wanted.prefix.count))
    var runs = [Run(typed, .accent, bold: true), Run(String(digits.dropFirst(begin + typed.count)), .text)]
    if begin > 0 { runs.insert(Run(String(digits.prefix(begin)), .text), at: 0) }
    if let summary = context.snapshot.transactions.first(where: { $0.gtxid == id }) {
      for piece in [summary.state.mark.long, [Run(Figures.duration(summary.duration).text, .muted)]]
      where runs.cellWidth + 2 + piece.cellWidth <= width {
        runs += [Run("  ")] + piece
      }
    }
    canvas.rich(endEllipsis(runs, width), x: x, y: y)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["go to"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("↵", "open"), KeyHint("↑↓", "choose"), KeyHint("Esc", "close")]
  }
}
