import Drawing
import Operations
import Widgets

/// A popup that is a table with a cursor.
protocol ListPopup: PopupContent {
  associatedtype Row

  /// The row under the cursor; it may be past the last one, when there are fewer rows than there were.
  var selected: Int { get set }

  static var title: String { get }
  /// Columns of the screen that the box wants.
  static var width: Int { get }
  /// The sentence that stands where there is no row.
  static var empty: String { get }

  func rows(_ context: PageContext) -> [Row]
  /// How many there are, at the right of the title.
  func note(_ count: Int) -> Run
  func columns(_ rows: [Row], width: Int) -> [TableColumn]
  func cells(_ row: Row, width: Int, _ context: PageContext) -> [TableCell]
  /// What Enter, or a double click, does with a row.
  func open(_ row: Row, _ context: PageContext) -> [Action]
  /// What a key that does not move the cursor does with a row.
  func press(_ character: Character, on row: Row, _ context: PageContext) -> [Action]
}

extension ListPopup {
  func note(_ count: Int) -> Run { .muted("\(count)") }
  func press(_ character: Character, on row: Row, _ context: PageContext) -> [Action] { [] }
  func breadcrumb(_ context: PageContext) -> [String] { [Self.title] }

  // MARK: Keys and mouse

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    let rows = rows(context)
    let last = max(0, rows.count - 1)
    selected = min(selected, last)
    switch key.key {
    case .down, .character("j"): selected = min(last, selected + 1)
    case .up, .character("k"): selected = max(0, selected - 1)
    case .home, .character("g"): selected = 0
    case .end, .character("G"): selected = last
    case .escape, .character("q"): return [.dismiss]
    case .enter: return rows.isEmpty ? [.dismiss] : open(rows[selected], context)
    case .character(let character) where !rows.isEmpty: return press(character, on: rows[selected], context)
    default: break
    }
    return []
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let rows = rows(context)
    let frame = box(rows.count).frame(in: context.size)
    guard frame.contains(x: event.column, y: event.row) else { return event.action == .press ? [.dismiss] : [] }
    switch event.action {
    case .wheelDown: return press(KeyPress(.down), context)
    case .wheelUp: return press(KeyPress(.up), context)
    case .press, .doubleClick:
      let area = frame.inset(left: Self.margin, top: 1, right: Self.margin, bottom: 1)
      guard case .row(let index)? = table(rows, context).hit(x: event.column, y: event.row, in: area) else { return [] }
      selected = index
      return event.action == .doubleClick ? open(rows[index], context) : []
    case .move, .release: return []
    }
  }

  // MARK: Picture

  /// The box's side, a blank, and the column that the ground of the selected row has more.
  private static var margin: Int { 3 }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let rows = rows(context)
    let inside = box(rows.count).draw(on: &canvas).inset(left: 1, right: 1)
    table(rows, context).draw(on: &canvas, in: inside)
  }

  private func box(_ count: Int) -> Widgets.Popup {
    Widgets.Popup(
      [Run(Self.title, .title, bold: true)], note: [note(count)], width: Self.width, height: max(1, count) + 3)
  }

  private func table(_ rows: [Row], _ context: PageContext) -> TableView {
    let width = box(rows.count).frame(in: context.size).width - 2 * Self.margin
    return TableView(
      columns: columns(rows, width: width), rowCount: rows.count,
      selected: rows.isEmpty ? nil : min(selected, rows.count - 1), empty: [.muted(Self.empty)]
    ) { cells(rows[$0], width: width, context) }
  }
}
