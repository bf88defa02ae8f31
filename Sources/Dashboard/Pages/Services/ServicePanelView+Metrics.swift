import Drawing
import Operations
import TraceModel
import Widgets

extension ServicePanelView {
  /// What each series stands at, and how it went lately.
  var metricsTable: Table {
    let metrics = metrics
    // What spreads has columns for that, where there is any.
    let spreads = metrics.contains { $0.p50 != nil || $0.p99 != nil }
    let columns =
      [TableColumn("metric", .share(minimum: 20)), TableColumn("lately", .fixed(10), priority: 1)]
      + (spreads
        ? [
          TableColumn("p50", .fit(minimum: 5), align: .right, priority: 2),
          TableColumn("p99", .fit(minimum: 5), align: .right),
        ] : [])
      + [
        TableColumn("value", .fit(minimum: 8), align: .right),
        TableColumn("in all", .fit(minimum: 6), align: .right, priority: 2),
      ]
    let shared = Dictionary(grouping: metrics, by: \.name).mapValues(MetricFacts.common)
    let hasInstances = Set(metrics.map(\.instance)).count > 1
    let rows = zip(metrics, [nil] + metrics.map(\.name)).map { metric, above -> [TableCell] in
      let facts = MetricFacts(metric: metric)
      let spread = [metric.p50, metric.p99].map { value in
        value.map { TableCell.figure(facts.measured($0), .text) } ?? .text("", .faint)
      }
      let title = title(
        of: metric, isNamed: above != metric.name, common: shared[metric.name] ?? [], hasInstances: hasInstances)
      let total = facts.total.map { TableCell.figure($0, .muted) } ?? .text("", .faint)
      return [.runs(title), .pulse(metric.series.doubles)] + (spreads ? spread : [])
        + [facts.value.map { .figure($0, .text) } ?? .unknown, total]
    }
    return Table(columns: columns, rows: rows)
  }

  /// Its name, the first of those that have it, then what tells it from them: the row may be cut behind that.
  private func title(
    of metric: MetricSnapshot, isNamed: Bool, common: Set<String>, hasInstances: Bool
  ) -> [Run] {
    func text(_ isCommon: Bool) -> String {
      metric.attributes.filter { common.contains($0.name) == isCommon }
        .map { "  \(visible($0.name))=\(visible("\($0.value)"))" }.joined()
    }
    // Of a single one one knows which it is.
    let instance = hasInstances && !metric.instance.isEmpty ? "  " + visible(metric.instance) : ""
    let name = isNamed ? visible(metric.name) : ""
    return [Run(name), .muted(text(false)), .faint(instance + text(true))]
  }
}
