public import TraceModel

/// What one series of a metric stands at, and how that went lately.
public struct MetricSnapshot: Sendable, Equatable, Codable {
  /// `http.server.request.duration`
  public var name: String
  /// The process that it is of; empty when nobody said.
  public var instance: String
  /// What tells the series from others of that name, such as `http.route`.
  public var attributes: [SpanAttribute]
  /// By UCUM; empty when it has none.
  public var unit: String
  /// Of what only grows its growth a second, otherwise its level; nil while that is not known.
  public var value: Double?
  /// Of what only grows what it has come to: a sum, or how many were measured. Nil for a level.
  public var total: Double?
  /// Whether value and total count measurements, each of which is in the unit.
  public var isCount = false
  /// Of measurements as they came last; nil where nobody tells.
  public var p50: Double?
  public var p99: Double?
  /// Whether it is a growth a second.
  public var isRate: Bool
  /// Of the last seconds in which something came, oldest first.
  public var series: [Float]

  public init(
    name: String, instance: String = "", attributes: [SpanAttribute] = [], unit: String, value: Double?, isRate: Bool,
    series: [Float]
  ) {
    self.name = name
    self.instance = instance
    self.attributes = attributes
    self.unit = unit
    self.value = value
    self.isRate = isRate
    self.series = series
  }

  /// Whether both are states of one series.
  public func isSameSeries(as other: MetricSnapshot) -> Bool {
    name == other.name && instance == other.instance && attributes == other.attributes
  }
}
