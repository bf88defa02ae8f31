/// What one series of a metric of a real system stood at, at one moment.
public struct MetricPoint: Sendable, Equatable, Codable {
  /// `http.server.request.duration`
  public var name: String
  /// By UCUM, such as `ms`, `By`, `{request}`; empty when it has none.
  public var unit: String
  public var service: String
  /// As ``TraceSpan/instance``.
  public var instance: String
  /// What tells this series from the metric's others.
  public var attributes: [SpanAttribute]
  /// From when on a sum or a distribution counts, in nanoseconds since the Unix epoch; nil when nobody said.
  public var start: Int64?
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  public var value: MetricValue
  /// Who measured it; nil when the sender said nothing.
  public var origin: SpanOrigin?

  public init(
    name: String, unit: String = "", service: String, instance: String = "", attributes: [SpanAttribute] = [],
    start: Int64? = nil, time: Int64, value: MetricValue, origin: SpanOrigin? = nil
  ) {
    self.name = name
    self.unit = unit
    self.service = service
    self.instance = instance
    self.attributes = attributes
    self.start = start
    self.time = time
    self.value = value
    self.origin = origin
  }
}

/// What a metric says of one series.
public enum MetricValue: Sendable, Equatable, Codable {
  /// A level, such as connections in use.
  case gauge(MetricNumber)
  /// A count of what happened; it never falls while `isMonotonic`, but for a restart.
  case sum(MetricNumber, isMonotonic: Bool, span: MetricSpan)
  case distribution(MetricDistribution, span: MetricSpan)
  /// Quantiles that the source worked out itself; they cannot be added up.
  case quantiles(count: UInt64, sum: Double, [MetricQuantile])
  /// The source says that there is no value any more.
  case gone
}

/// What stretch of time a sum or a distribution covers.
public enum MetricSpan: UInt8, Sendable, Codable {
  /// The source did not say.
  case unknown
  /// From the last report to this one.
  case sinceLast
  /// From ``MetricPoint/start`` on.
  case sinceStart
}

/// A number as the source counts: whole numbers stay exact.
public enum MetricNumber: Sendable, Equatable, Codable {
  case integer(Int64)
  case real(Double)

  public var real: Double {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    }
  }
}

/// How measurements spread.
public struct MetricDistribution: Sendable, Equatable, Codable {
  public var count: UInt64
  /// Nil where the source keeps none, as for values that may be negative.
  public var sum: Double?
  public var minimum: Double?
  public var maximum: Double?
  public var buckets: Buckets

  public enum Buckets: Sendable, Equatable, Codable {
    /// `counts` has one more than `bounds`: up to and with each bound, and over the last; both empty when there is only
    /// the count.
    case explicit(bounds: [Double], counts: [UInt64])
    /// Bounds are powers of 2^(2^−scale). Within `zeroThreshold` of 0 counts as 0.
    case exponential(scale: Int32, zero: UInt64, zeroThreshold: Double, positive: Run, negative: Run)
  }

  /// Neighbouring buckets: `counts[i]` is of (base^(offset + i), base^(offset + i + 1)].
  public struct Run: Sendable, Equatable, Codable {
    public var offset: Int32
    public var counts: [UInt64]

    public init(offset: Int32 = 0, counts: [UInt64] = []) {
      self.offset = offset
      self.counts = counts
    }
  }

  public init(
    count: UInt64, sum: Double? = nil, minimum: Double? = nil, maximum: Double? = nil, buckets: Buckets
  ) {
    self.count = count
    self.sum = sum
    self.minimum = minimum
    self.maximum = maximum
    self.buckets = buckets
  }
}

/// The value below which a share of the measurements lies.
public struct MetricQuantile: Sendable, Equatable, Codable {
  /// 0 to 1.
  public var share: Double
  public var value: Double

  public init(share: Double, value: Double) {
    self.share = share
    self.value = value
  }
}
