internal import Operations
internal import TraceCollector
internal import TraceModel

extension MetricSnapshot {
  init(_ series: MetricSeries) {
    let isRate = series.isRate
    let values = isRate ? series.rates : series.history.map(\.value)
    self.init(
      name: series.name, instance: series.instance,
      attributes: series.attributes.map { "\($0.name)=\($0.value)" }.joined(separator: " "), unit: series.unit,
      // What its source has given up stands at nothing.
      value: series.value == .gone ? nil : values.last, isRate: isRate, series: values.map { Float($0) })
  }
}
