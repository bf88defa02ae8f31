internal import OTLPMessages
internal import TraceModel

/// Turns one metric into points of ours.
struct OTLPMetricTranslation {
  let metric: OTLP.Metric
  /// `resourceMetrics[0].scopeMetrics[0].metrics[2]`
  let path: String
  let source: OTLPSource
  let origin: SpanOrigin?
  let receivedAt: Int64
  let limits: OTLPLimits

  func append(to batch: inout OTLPBatch<MetricPoint>) {
    switch metric.data {
    case .gauge(let gauge):
      append(gauge.dataPoints, of: "gauge", to: &batch) { (point) throws(OTLPElementFault) in
        .gauge(try Self.number(point))
      }
    case .sum(let sum):
      let span = Self.span(sum.aggregationTemporality)
      append(sum.dataPoints, of: "sum", to: &batch) { (point) throws(OTLPElementFault) in
        .sum(try Self.number(point), isMonotonic: sum.isMonotonic, span: span)
      }
    case .histogram(let histogram):
      let span = Self.span(histogram.aggregationTemporality)
      append(histogram.dataPoints, of: "histogram", to: &batch) { (point) throws(OTLPElementFault) in
        .distribution(try Self.distribution(point), span: span)
      }
    case .exponentialHistogram(let histogram):
      let span = Self.span(histogram.aggregationTemporality)
      append(histogram.dataPoints, of: "exponentialHistogram", to: &batch) { (point) throws(OTLPElementFault) in
        .distribution(Self.distribution(point), span: span)
      }
    case .summary(let summary):
      append(summary.dataPoints, of: "summary", to: &batch) { (point) throws(OTLPElementFault) in
        .quantiles(
          count: point.count, sum: point.sum,
          point.quantileValues.map { MetricQuantile(share: $0.quantile, value: $0.value) })
      }
    case nil:
      batch.refuse(path, "must hold gauge, sum, histogram, exponentialHistogram or summary")
    }
  }

  private func append<Point: OTLPDataPoint>(
    _ points: [Point], of kind: String, to batch: inout OTLPBatch<MetricPoint>,
    value: (Point) throws(OTLPElementFault) -> MetricValue
  ) {
    for (place, point) in points.enumerated() {
      do throws(OTLPElementFault) {
        guard !metric.name.isEmpty else { throw OTLPElementFault(field: "", reason: "is of a metric without a name") }
        guard batch.elements.count < limits.entries else { throw limits.tooMany }
        let start = try OTLPValues.time(point.startTimeUnixNano, "startTimeUnixNano")
        let time = try OTLPValues.time(point.timeUnixNano, "timeUnixNano")
        batch.elements.append(
          MetricPoint(
            name: metric.name, unit: metric.unit, service: source.service, instance: source.instance,
            attributes: OTLPValues.attributes(point.attributes), start: start, time: time ?? receivedAt,
            value: point.flags & Self.noValue == 0 ? try value(point) : .gone, origin: origin))
      } catch {
        batch.refuse("\(path).\(kind).dataPoints[\(place)]\(error.suffix)", error.reason)
      }
    }
  }

  /// The flag of a point that only says that its series has ended.
  private static let noValue: UInt32 = 1
}

// Values.
extension OTLPMetricTranslation {
  private static func number(_ point: OTLP.NumberPoint) throws(OTLPElementFault) -> MetricNumber {
    switch point.value {
    case .asInt(let value): return .integer(value)
    case .asDouble(let value): return .real(value)
    case nil: throw OTLPElementFault(field: "", reason: "must hold asInt or asDouble")
    }
  }

  private static func span(_ temporality: OTLP.Temporality) -> MetricSpan {
    switch temporality {
    case .delta: .sinceLast
    case .cumulative: .sinceStart
    case .unspecified, .UNRECOGNIZED: .unknown
    }
  }

  private static func distribution(_ point: OTLP.HistogramPoint) throws(OTLPElementFault) -> MetricDistribution {
    let bounds = point.explicitBounds
    let counts = point.bucketCounts
    guard counts.count == bounds.count + 1 || counts.isEmpty && bounds.isEmpty else {
      throw OTLPElementFault(
        field: "bucketCounts", reason: "must be one more than the \(bounds.count) explicitBounds, not \(counts.count)")
    }
    guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw OTLPElementFault(field: "explicitBounds", reason: "must rise")
    }
    return MetricDistribution(
      count: point.count, sum: point.hasSum ? point.sum : nil, minimum: point.hasMin ? point.min : nil,
      maximum: point.hasMax ? point.max : nil, buckets: .explicit(bounds: bounds, counts: counts))
  }

  private static func distribution(_ point: OTLP.ExponentialHistogramPoint) -> MetricDistribution {
    MetricDistribution(
      count: point.count, sum: point.hasSum ? point.sum : nil, minimum: point.hasMin ? point.min : nil,
      maximum: point.hasMax ? point.max : nil,
      buckets: .exponential(
        scale: point.scale, zero: point.zeroCount, zeroThreshold: point.zeroThreshold,
        positive: MetricDistribution.Run(offset: point.positive.offset, counts: point.positive.bucketCounts),
        negative: MetricDistribution.Run(offset: point.negative.offset, counts: point.negative.bucketCounts)))
  }
}

/// What all kinds of points have.
protocol OTLPDataPoint {
  var attributes: [OTLP.Attribute] { get }
  var startTimeUnixNano: UInt64 { get }
  var timeUnixNano: UInt64 { get }
  var flags: UInt32 { get }
}

extension OTLP.NumberPoint: OTLPDataPoint {}
extension OTLP.HistogramPoint: OTLPDataPoint {}
extension OTLP.ExponentialHistogramPoint: OTLPDataPoint {}
extension OTLP.SummaryPoint: OTLPDataPoint {}
