import Drawing
import Operations
import Widgets

extension ServicePanelView {
  /// What each series stands at, and how it went lately.
  var metricsTable: Table {
    let columns = [
      TableColumn("metric", .share(minimum: 20)), TableColumn("lately", .fixed(10), priority: 1),
      TableColumn("value", .fit(minimum: 8), align: .right),
      TableColumn("in all", .fit(minimum: 6), align: .right, priority: 2),
    ]
    // Of a single one one knows which it is.
    let hasInstances = Set(metrics.map(\.instance)).count > 1
    let rows = metrics.map { metric in
      let instance = hasInstances && !metric.instance.isEmpty ? "  " + visible(metric.instance) : ""
      return [
        .runs([
          Run(visible(metric.name)), .muted("  " + visible(metric.attributes) + spread(of: metric)), .faint(instance),
        ]),
        .pulse(metric.series.doubles),
        metric.value.map { .figure(figure($0, of: metric, isRate: metric.isRate), .text) } ?? .unknown,
        metric.total.map { .figure(figure($0, of: metric, isRate: false), .muted) } ?? .text("", .faint),
      ] as [TableCell]
    }
    return Table(columns: columns, rows: rows)
  }

  private func figure(_ value: Double, of metric: MetricSnapshot, isRate: Bool) -> Figure {
    Figures.measure(value, unit: metric.isCount ? "" : metric.unit, isRate: isRate)
  }

  /// `  p50 12 ms  p99 40 ms`
  private func spread(of metric: MetricSnapshot) -> String {
    [("p50", metric.p50), ("p99", metric.p99)].compactMap { name, value in
      value.map { "  \(name) \(Figures.measure($0, unit: metric.unit, isRate: false).text)" }
    }.joined()
  }
}
