import Drawing
import Operations
import Widgets

/// What it took to decide an order, beside what another took that went the other way.
struct CourseTable {
  let courses: [OrderFacts.Course]

  private enum Line: String, CaseIterable {
    case commits = "local transactions"
    case hops, records, services, spans
    case duration = "decided after"
  }

  /// How many rows it has for an order, without headings.
  static func rows(_ order: OrderFacts) -> Int { order.courses.isEmpty ? 0 : Line.allCases.count }

  func draw(on canvas: inout Canvas, in rect: Rect) {
    Rule("what it took to decide it").draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    table.draw(on: &canvas, in: rect.split(top: 1).rest)
  }

  private var table: TableView {
    let columns =
      [TableColumn("", .fit(minimum: 18))]
      + courses.enumerated().map { index, course in
        TableColumn("\(course.order), \(visible(course.way))", .share(minimum: 11, maximum: 26), priority: index)
      }
    return TableView(columns: columns, rowCount: Line.allCases.count, isFocused: false) { row in
      let line = Line.allCases[row]
      return [.text(line.rawValue, .label)] + courses.map { .runs([Run(words(line, $0))]) }
    }
  }

  private func words(_ line: Line, _ course: OrderFacts.Course) -> String {
    switch line {
    case .commits: Figures.count(course.commits).text
    case .hops: Figures.count(course.hops).text
    case .records: Figures.count(course.records).text
    case .services: Figures.count(course.services).text
    case .spans: Figures.count(course.spans).text
    case .duration: course.duration.map { Figures.duration(max(0, $0)).text } ?? "on its way"
    }
  }
}
