internal import Drawing

/// Which columns of a table are shown in a width, and where.
struct TableLayout {
  struct Place {
    /// Its place among the table's columns.
    let column: Int
    /// Relative to the table's first column.
    var x = 0
    var width: Int
    let gap: Int
    /// The widest unit among the figures in sight; numbers end before it.
    let unitWidth: Int
    fileprivate let numberWidth: Int

    /// Whether a figure without a unit stands with the numbers (`–`, `3`) or takes the whole field (`4m 12s`).
    func alignsNumberAlone(_ figure: Figure) -> Bool { figure.number.cellWidth <= numberWidth }
  }

  private(set) var places: [Place]

  init(columns: [TableColumn], sort: TableSort?, rows: [[TableCell]], width: Int) {
    places = columns.indices.map { Self.natural(columns[$0], $0, isSorted: sort?.column == $0, rows) }
    if let first = places.first { places[0] = Place(copying: first, gap: 0) }
    while total > width, let worst = worstDroppable(columns) { drop(at: worst) }
    squeezeText(columns, to: width)
    while total > width, places.count > 1 { drop(at: places.count - 1) }
    if let only = places.first, places.count == 1, only.width > width { places[0].width = max(0, width) }
    share(width - total, among: columns)
    var x = 0
    for index in places.indices {
      places[index].x = x + places[index].gap
      x = places[index].x + places[index].width
    }
  }

  private var total: Int { places.reduce(0) { $0 + $1.gap + $1.width } }

  private func worstDroppable(_ columns: [TableColumn]) -> Int? {
    let worst = places.indices.max { columns[places[$0].column].priority <= columns[places[$1].column].priority }
    return worst.flatMap { columns[places[$0].column].priority > 0 && places.count > 1 ? $0 : nil }
  }

  private mutating func drop(at index: Int) {
    places.remove(at: index)
    if let first = places.first, first.gap > 0 { places[0] = Place(copying: first, gap: 0) }
  }

  /// When only the columns that stay are left and they are too wide, names give way, the widest first.
  private mutating func squeezeText(_ columns: [TableColumn], to width: Int) {
    let smallest = 5
    while total > width {
      let names = places.indices.filter { places[$0].width > smallest && isName(columns[places[$0].column]) }
      guard let widest = names.max(by: { places[$0].width < places[$1].width }) else { return }
      places[widest].width -= 1
    }
  }

  private func isName(_ column: TableColumn) -> Bool {
    if case .share = column.width { true } else { false }
  }

  private mutating func share(_ room: Int, among columns: [TableColumn]) {
    var room = room
    while room > 0 {
      let hungry = places.indices.filter { index in
        if case .share(_, let maximum) = columns[places[index].column].width {
          places[index].width < maximum
        } else {
          false
        }
      }
      guard !hungry.isEmpty else { return }
      for index in hungry.prefix(room) {
        places[index].width += 1
        room -= 1
      }
    }
  }

  private static func natural(_ column: TableColumn, _ index: Int, isSorted: Bool, _ rows: [[TableCell]]) -> Place {
    var (number, unit, whole, content) = (0, 0, 0, 0)
    for row in rows where index < row.count {
      switch row[index] {
      case .figure(let figure, _, _) where figure.unit.isEmpty:
        whole = max(whole, figure.cellWidth)
      case .figure(let figure, _, _):
        number = max(number, figure.number.cellWidth)
        unit = max(unit, figure.unit.cellWidth)
      case .text(let text, _, _): content = max(content, text.cellWidth)
      case .runs(let runs): content = max(content, runs.cellWidth)
      case .blank, .drawing: break
      }
    }
    let figures = max(number + unit, whole)
    let needed =
      switch column.width {
      case .fixed(let width): max(width, figures)
      case .fit(let minimum): max(minimum, figures, content)
      case .share(let minimum, _): max(minimum, figures)
      }
    let heading = column.heading.cellWidth + (isSorted ? 1 : 0)
    return Place(
      column: index, width: max(needed, heading), gap: column.gap, unitWidth: unit, numberWidth: number)
  }
}

extension TableLayout.Place {
  fileprivate init(copying place: Self, gap: Int) {
    self.init(
      column: place.column, x: place.x, width: place.width, gap: gap, unitWidth: place.unitWidth,
      numberWidth: place.numberWidth)
  }
}
