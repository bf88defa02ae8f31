import Drawing
import Widgets

/// The columns of a table, from left to right.
protocol SortableColumn: RawRepresentable<Int>, CaseIterable, Hashable, Sendable {
  /// What the table can be sorted by, in the order in which `s` goes through them.
  static var sortable: [Self] { get }

  /// Whether the largest value is wanted first.
  var beginsDescending: Bool { get }
}

/// By what the rows of a table are sorted.
struct ColumnSort<Column: SortableColumn>: Sendable, Hashable {
  var column: Column
  var isDescending = true

  /// Sorts by a column; once more turns it round.
  mutating func choose(_ column: Column) {
    guard Column.sortable.contains(column) else { return }
    if self.column == column {
      isDescending.toggle()
    } else {
      (self.column, isDescending) = (column, column.beginsDescending)
    }
  }

  /// Goes on to the next column of those in sight.
  mutating func advance(among visible: [Column]) {
    let choices = Column.sortable.filter(visible.contains)
    guard !choices.isEmpty else { return }
    let next = choices.firstIndex(of: column).map { ($0 + 1) % choices.count } ?? 0
    (column, isDescending) = (choices[next], choices[next].beginsDescending)
  }

  /// Equal ones stay in the order of the system, so that rows do not jump with every breath of the figures.
  func sorted<Row>(_ rows: [Row], by isLess: (Row, Row) -> Bool) -> [Row] {
    rows.enumerated().sorted { left, right in
      if isLess(left.element, right.element) { return !isDescending }
      if isLess(right.element, left.element) { return isDescending }
      return left.offset < right.offset
    }.map(\.element)
  }

  /// How the table's heading shows it.
  var tableSort: TableSort { TableSort(column: column.rawValue, isDescending: isDescending) }
}

extension TableView {
  /// The columns that there is room for in `rect`.
  func columnsInSight<Column: SortableColumn>(in rect: Rect) -> [Column] {
    let hits = (rect.x..<rect.right).compactMap { x -> Column? in
      guard case .heading(let index) = hit(x: x, y: rect.y, in: rect) else { return nil }
      return Column(rawValue: index)
    }
    return Column.allCases.filter(hits.contains)
  }
}
