internal import Operations
internal import TraceCollector
internal import TraceModel

extension MetricSnapshot {
  init(_ series: MetricSeries) {
    let isRate = series.isRate
    let values = isRate ? series.rates : series.history.map(\.value)
    // Of a distribution measurements are counted: its unit is that of each of them.
    let (isCounted, distribution): (Bool, MetricDistribution?) =
      switch series.value {
      case .distribution(let distribution, _): (true, distribution)
      case .quantiles: (true, nil)
      case .gauge, .sum, .gone: (false, nil)
      }
    self.init(
      name: series.name, instance: series.instance,
      attributes: series.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " "), unit: series.unit,
      // What its source has given up stands at nothing.
      value: series.value == .gone ? nil : values.last, isRate: isRate, series: values.map { Float($0) })
    isCount = isCounted
    if isRate { total = series.history.last.map { isCounted ? $0.count : $0.value } }
    (p50, p99) = (distribution?.percentile(50), distribution?.percentile(99))
  }
}
