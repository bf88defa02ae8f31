internal import Operations
internal import TraceCollector
internal import TraceModel

extension MetricSnapshot {
  init(_ series: MetricSeries) {
    let isRate = series.isRate
    let values = isRate ? series.rates : series.history.map(\.value)
    self.init(
      name: series.name, instance: series.instance, attributes: series.attributes, unit: series.unit,
      // What its source has given up stands at nothing.
      value: series.value == .gone ? nil : values.last, isRate: isRate, series: values.map { Float($0) })
    // Of a distribution measurements are counted: its unit is that of each of them.
    switch series.value {
    case .distribution(let distribution, _):
      (isCount, p50, p99) = (true, distribution.percentile(50), distribution.percentile(99))
    case .quantiles(_, _, let quantiles):
      func value(at share: Double) -> Double? { quantiles.first { abs($0.share - share) < 0.000_1 }?.value }
      (isCount, p50, p99) = (true, value(at: 0.5), value(at: 0.99))
    case .gauge, .sum, .gone: break
    }
    if isRate { total = series.history.last.map { isCount ? $0.count : $0.value } }
  }
}
