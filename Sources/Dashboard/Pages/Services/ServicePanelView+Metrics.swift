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
    // Of a single one one knows which it is.
    let hasInstances = Set(metrics.map(\.instance)).count > 1
    let rows = metrics.map { metric in
      let instance = hasInstances && !metric.instance.isEmpty ? "  " + visible(metric.instance) : ""
      return [
        .runs([Run(visible(metric.name)), .muted("  " + visible(metric.attributes)), .faint(instance)]),
        .pulse(metric.series.doubles),
        metric.value.map { .figure(Figures.measure($0, unit: metric.unit, isRate: metric.isRate), .text) } ?? .unknown,
      ] as [TableCell]
    }
    return Table(columns: columns, rows: rows)
  }
}
