import Drawing
import Operations
import Widgets

extension ServicePanelView {
  /// What each series stands at, and how it went lately.
  var metricsTable: Table {
    let columns = [
      TableColumn("metric", .share(minimum: 20)), TableColumn("lately", .fixed(10), priority: 1),
      TableColumn("value", .fit(minimum: 8), align: .right),
    ]
    let rows = metrics.map { metric in
      [
        .runs([Run(visible(metric.name)), .muted("  " + visible(metric.attributes))]), .pulse(metric.series.doubles),
        metric.value.map { .text(Self.text($0, of: metric), .text) } ?? .unknown,
      ] as [TableCell]
    }
    return Table(columns: columns, rows: rows)
  }

  /// `1.2k By`, `12.5/s`
  private static func text(_ value: Double, of metric: MetricSnapshot) -> String {
    guard value.isFinite else { return "\(value)" }
    let number =
      value.magnitude >= 1_000
      ? (value < 0 ? "−" : "") + Figures.short(Int(clamping: Int64(min(value.magnitude, 9e18)))).text
      : value == value.rounded() ? "\(Int(value))" : "\((value * 100).rounded() / 100)"
    if metric.isRate { return number + "/s" }
    return metric.unit.isEmpty || metric.unit == "1" ? number : "\(number) \(visible(metric.unit))"
  }
}
