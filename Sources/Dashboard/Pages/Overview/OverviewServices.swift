import Drawing
import Operations
import Widgets

/// The services, worst first: state, instances, rate, errors and latency.
struct OverviewServices {
  let services: [ServiceSnapshot]
  let hasHeadings: Bool
  /// Whether spans are all that is known of them.
  let areUntold: Bool

  private var columns: [TableColumn] {
    func heading(_ text: String) -> String { hasHeadings ? text : "" }
    let longest = services.map(\.name.cellWidth).max() ?? 0
    return [
      TableColumn("", .fixed(3)),
      TableColumn(heading("name"), .share(minimum: min(max(longest, 15), 22), maximum: 28), gap: 1),
      TableColumn(heading("up"), .fit(minimum: 3), align: .right, priority: 1, gap: 1),
      TableColumn(heading("req/s"), .fit(minimum: 6), align: .right, priority: 2, gap: 1),
      TableColumn("", .share(minimum: 8, maximum: 30), priority: 3, gap: 1),
      TableColumn(heading("err"), .fit(minimum: 6), align: .right, gap: 1),
      TableColumn(heading("p99"), .fit(minimum: 7), align: .right),
    ]
  }

  /// - Parameter area: the heading's line and the rows below.
  func draw(on canvas: inout Canvas, in area: Rect, selected: Int?, isFocused: Bool) {
    TableView(columns: columns, rowCount: services.count, selected: selected, isFocused: isFocused) { index in
      cells(services[index])
    }.draw(on: &canvas, in: area)
  }

  private func cells(_ service: ServiceSnapshot) -> [TableCell] {
    let (mark, isBad) = (service.health.mark, service.health.isBad)
    let letter = Run(mark.letter, isBad ? mark.ink : mark.ink.mixed(toward: .background, 0.4), bold: isBad)
    let up = Figures.fraction(service.instancesUp, of: service.instancesAll)
    let upInk: Ink = service.instancesUp == 0 ? .failing : service.lacksInstances ? .degraded : .faint
    return [
      .runs([Run(mark.glyph + " ", mark.ink, bold: true), letter]),
      .text(service.name, isBad ? .strong : .text, bold: service.health == .down),
      service.instancesAll > 0 ? .figure(up, upInk) : .unknown,
      // A service that only calls others is known by their work.
      areUntold && service.isIdle ? .unknown : .figure(Figures.rate(service.rate), service.rate == 0 ? .faint : .text),
      .pulse(service.pulse.doubles),
      // Of no calls there is no share.
      service.rate == 0 && service.errorShare == 0 ? .unknown : ServiceRow.errors(service.errorShare),
      latency(service.p99),
    ]
  }

  private func latency(_ p99: Int64?) -> TableCell {
    guard let p99 else { return .unknown }
    let milliseconds = Double(p99) / 1e6
    let severity = Severity.latencyMilliseconds
    return .figure(Figures.duration(p99), severity.ink(milliseconds), bold: severity.isBad(milliseconds))
  }
}
