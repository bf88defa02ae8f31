import Drawing
import Widgets

/// The line that `:` opens, with the ways it can go on below it. What is wrong with a line stands under it.
struct CommandPalette: PopupContent {
  private var editor: LineEditor
  private let themes: [String]
  /// The completion that Tab has put into the line, and those it goes round.
  private var chosen: Int?
  private var offered: [PaletteCompletion] = []
  private var problem: String?

  /// - Parameter line: what stands in it to begin with.
  init(_ line: String = "", history: [String], themes: [String]) {
    editor = LineEditor(line, history: history)
    self.themes = themes
  }

  private func reader(_ context: PageContext) -> PaletteReader { PaletteReader(context: context, themes: themes) }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .escape: return [.dismiss]
    case .enter: return run(context)
    case .tab: complete(1, context)
    case .backTab: complete(-1, context)
    case .backspace where editor.text.isEmpty: return [.dismiss]
    default:
      if editor.press(key) { changed() }
    }
    return []
  }

  mutating func paste(_ text: String, _ context: PageContext) -> [Action] {
    editor.insert(text)
    changed()
    return []
  }

  private mutating func changed() {
    chosen = nil
    problem = nil
  }

  private mutating func complete(_ step: Int, _ context: PageContext) {
    problem = nil
    if chosen == nil { offered = reader(context).completions(editor.text) }
    guard !offered.isEmpty else { return }
    let next = chosen.map { ($0 + step + offered.count) % offered.count } ?? (step > 0 ? 0 : offered.count - 1)
    editor.text = offered[next].line
    // The only way to go on is taken, and the next Tab offers what follows it.
    chosen = offered.count == 1 ? nil : next
  }

  private mutating func run(_ context: PageContext) -> [Action] {
    let line = String(editor.text.drop { $0 == " " || $0 == ":" })
    do {
      let actions = try reader(context).actions(line)
      return [.dismiss] + (line.isEmpty ? [] : [.remember(line)]) + actions
    } catch {
      problem = error.sentence
      return []
    }
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let frame = box(context).frame(in: context.size)
    guard event.action == .press || event.action == .doubleClick else { return [] }
    guard frame.contains(x: event.column, y: event.row) else { return [.dismiss] }
    let offers = offers(context)
    let row = event.row - frame.y - 3 + firstOffer(offers.count)
    guard event.row >= frame.y + 3, offers.indices.contains(row) else { return [] }
    editor.text = offers[row].line
    changed()
    return []
  }

  // MARK: Picture

  private static let rows = 9

  /// As low as what stands under the line lets it be.
  private func box(_ context: PageContext) -> Widgets.Popup {
    var box = Widgets.Popup([Run("command", .title, bold: true)], tone: .accent, width: 76, height: Self.rows + 4)
    box.room = box.height
    let width = box.frame(in: context.size).width - 6
    let lines = problem.map { wrapped([Run($0)], width: width).count } ?? offers(context).count
    box.height = min(Self.rows, max(1, lines)) + 4
    return box
  }

  private func offers(_ context: PageContext) -> [PaletteCompletion] {
    chosen == nil ? reader(context).completions(editor.text) : offered
  }

  private func firstOffer(_ count: Int) -> Int {
    Scroll.offset(0, showing: chosen, count: count, height: Self.rows)
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(context).draw(on: &canvas).inset(left: 1, right: 1)
    guard inside.height > 2 else { return }
    canvas.put(":", x: inside.x, y: inside.y, .accent, bold: true)
    editor.draw(on: &canvas, x: inside.x + 2, y: inside.y, width: inside.width - 2)
    let list = inside.inset(top: 2)
    if let problem {
      for (row, line) in wrapped([Run(problem, .failing)], width: list.width).prefix(list.height).enumerated() {
        canvas.rich(line, x: list.x, y: list.y + row)
      }
      return
    }
    let offers = offers(context)
    let first = firstOffer(offers.count)
    for (row, offer) in offers.dropFirst(first).prefix(min(list.height, Self.rows)).enumerated() {
      draw(offer, isChosen: first + row == chosen, on: &canvas, in: list.inset(top: row))
    }
    if offers.isEmpty, editor.text.isEmpty == false {
      let sentence = "\(Glyphs.enterKey(canvas.glyphSet)) carries it out"
      canvas.put(endEllipsis(sentence, list.width), x: list.x, y: list.y, .faint)
    }
  }

  private func draw(_ offer: PaletteCompletion, isChosen: Bool, on canvas: inout Canvas, in area: Rect) {
    if isChosen { Selection.focused.draw(on: &canvas, x: area.x, y: area.y, width: area.width) }
    let column = min(26, area.width)
    canvas.put(middleEllipsis(offer.word, column - 2), x: area.x, y: area.y, isChosen ? .strong : .text, bold: isChosen)
    guard area.width > column + 8 else { return }
    canvas.put(endEllipsis(offer.explanation, area.width - column), x: area.x + column, y: area.y, .muted)
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["command"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("↵", "do it"), KeyHint("Tab", "complete"), KeyHint("↑", "earlier ones"), KeyHint("Esc", "close")]
  }
}
