import Drawing
import Operations
import TraceModel
import Widgets

/// What is known of a series of a metric.
struct MetricFacts {
  let metric: MetricSnapshot

  /// The attributes that are the same in all of some series: they tell none from another.
  static func common(_ series: [MetricSnapshot]) -> Set<String> {
    guard series.count > 1, let first = series.first else { return [] }
    return Set(first.attributes.filter { one in series.allSatisfy { $0.attributes.contains(one) } }.map(\.name))
  }

  /// What was measured, in its unit.
  func measured(_ value: Double) -> Figure { Figures.measure(value, unit: metric.unit, isRate: false) }

  var value: Figure? { metric.value.map { figure($0, isRate: metric.isRate) } }
  var total: Figure? { metric.total.map { figure($0, isRate: false) } }

  private func figure(_ value: Double, isRate: Bool) -> Figure {
    Figures.measure(value, unit: metric.isCount ? "" : metric.unit, isRate: isRate)
  }

  var facts: [[Run]] {
    var facts = [[Run(visible(metric.name), .title, bold: true)]]
    func add(_ name: String, _ text: String?) {
      if let text, !text.isEmpty { facts.append(fact(name, text)) }
    }
    add("instance", metric.instance)
    add("unit", metric.unit)
    add(metric.isRate ? "a second" : "value", value?.text ?? "unknown: its source has given it up, or it came once")
    add(metric.isCount ? "measured" : "in all", total?.text)
    add("p50", metric.p50.map { measured($0).text })
    add("p99", metric.p99.map { measured($0).text })
    guard !metric.attributes.isEmpty else { return facts }
    return facts + [[], [Run("attributes", .title, bold: true)]] + metric.attributes.map(fact)
  }
}
