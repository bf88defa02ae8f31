import Drawing
import Operations
import Widgets

/// What a tab of the page shows, from the top down: what cannot wait, its figures, a chart, and its lists.
struct PlatformBoard {
  /// Drawn on a tinted ground above everything else.
  var alarm: [Run]?
  var head: PlatformHead?
  var chart: PlatformChart?
  /// The lists by columns; where it is narrow, all below each other.
  var columns: [[PlatformTable]] = []
  /// From this width on the columns stand side by side.
  var wideFrom = 150

  var tables: [PlatformTable] { columns.flatMap { $0 } }
  var isEmpty: Bool { alarm == nil && head == nil && tables.isEmpty }

  func table(_ panel: PlatformPanel) -> PlatformTable? { tables.first { $0.panel == panel } }
}

/// The figures of a tab.
struct PlatformHead {
  var title: String
  var figures: [Run] = []
  /// Each stays whole.
  var facts: [[Run]] = []
  /// It has at most one line of so many that there are.
  var share = 5

  /// In as many lines as are left for it.
  func lines(width: Int) -> [[Run]] { FactFlow.lines(facts, width: width, gap: 3) }

  static func fact(_ name: String, _ text: String, _ ink: Ink = .strong) -> [Run] {
    [Run(text, ink, bold: ink == .failing), .muted(" \(name)")]
  }
}

struct PlatformChart {
  var title: String
  var figures: [Run]
  var draw: (inout Canvas, Rect) -> Void
}

/// A list of a tab.
struct PlatformTable {
  let panel: PlatformPanel
  var title: String
  /// What the rows are narrowed to; empty where all are here.
  var words = ""
  var figures: [Run] = []
  /// Columns in front of a row that differ from those of others only by what is in them.
  var columns: [TableColumn]
  var rows: [PlatformRow]
  /// The one sentence of a list without rows.
  var empty: String
  /// What its rows are, one of them: `setting`; said where ``words`` have left none.
  var thing = "row"

  /// What stands there where it has no rows.
  var nothing: [Run] { words.isEmpty ? [.muted(empty)] : .nothingMatches(words, among: thing) }

  var keys: [String] { unique(rows.map(\.key)) }

  /// Its rule, its headings and all its rows; without rows there is nothing for headings to be about.
  var wantedHeight: Int { rows.isEmpty ? 2 : rows.count + 2 }

  /// How many rows are in sight in `rect`.
  static func height(in rect: Rect) -> Int { max(1, rect.height - 2) }
}

/// A row, what it is about, and what Enter opens.
struct PlatformRow {
  var key: String
  var subject: Subject?
  var destination: Destination?
  let cells: () -> [TableCell]

  init(
    _ key: String, _ subject: Subject? = nil, opens destination: Destination? = nil, cells: @escaping () -> [TableCell]
  ) {
    (self.key, self.subject, self.destination, self.cells) = (key, subject, destination, cells)
  }
}
