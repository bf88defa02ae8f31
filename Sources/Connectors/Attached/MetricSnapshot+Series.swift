internal import Operations
internal import TraceCollector
internal import TraceModel

extension MetricSnapshot {
  init(_ series: MetricSeries) {
    let isRate = series.isRate
    let values = isRate ? series.rates : series.history.map(\.value)
    self.init(
      name: series.name, attributes: series.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " "),
      unit: series.unit, value: values.last, isRate: isRate, series: values.map { Float($0) })
  }
}
