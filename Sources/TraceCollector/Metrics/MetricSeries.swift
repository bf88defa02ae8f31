public import TraceModel

/// One series of a metric: what it stands at, and where it came from lately.
public struct MetricSeries: Sendable, Equatable, Codable {
  public var service: String
  /// As ``TraceModel/TraceSpan/instance``.
  public var instance: String
  /// `http.server.request.duration`
  public var name: String
  /// By UCUM; empty when it has none.
  public var unit: String
  /// By name.
  public var attributes: [SpanAttribute]
  /// As it came last. ``TraceModel/MetricValue/gone`` when the source says that there is no value any more.
  public var value: MetricValue
  /// When that was, in nanoseconds since the Unix epoch.
  public var time: Int64
  /// Oldest first, one for each second in which something came, the last one of it.
  public var history: [MetricSample]

  public init(
    service: String, instance: String, name: String, unit: String, attributes: [SpanAttribute], value: MetricValue,
    time: Int64, history: [MetricSample]
  ) {
    self.service = service
    self.instance = instance
    self.name = name
    self.unit = unit
    self.attributes = attributes
    self.value = value
    self.time = time
    self.history = history
  }

  /// Whether what it stands at only grows, so that its growth a second is what is to be seen: monotonic sums, and what was
  /// measured in distributions and quantiles.
  public var isRate: Bool {
    switch value {
    case .sum(_, let isMonotonic, _): isMonotonic
    case .distribution, .quantiles: true
    case .gauge, .gone: false
    }
  }

  /// By how much a second it grew from each sample of the history to the next: of a sum its value, otherwise the number of
  /// measurements. One fewer than ``history``; none where it ``isRate`` not.
  public var rates: [Double] {
    guard isRate else { return [] }
    let counts = if case .sum = value { false } else { true }
    return zip(history, history.dropFirst()).map { earlier, later in
      let growth = counts ? later.count - earlier.count : later.value - earlier.value
      return growth * 1_000_000_000 / Double(max(1, later.time &- earlier.time))
    }
  }

  /// The last of ``rates``; nil while there is none.
  public var rate: Double? { rates.last }
}

/// What a series stood at, at one moment.
public struct MetricSample: Sendable, Equatable, Codable {
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  /// Of a gauge its level, of a sum what it stands at, otherwise the sum of the measurements, 0 where the source keeps none.
  ///
  /// Of what only grows it is the growth since the series began, restarts of the source included: it never falls.
  public var value: Double
  /// Measurements of a distribution or of quantiles, counted in the same way; 0 otherwise.
  public var count: Double

  public init(time: Int64, value: Double, count: Double = 0) {
    self.time = time
    self.value = value
    self.count = count
  }
}
