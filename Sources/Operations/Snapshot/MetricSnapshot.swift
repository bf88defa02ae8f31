/// What one series of a metric stands at, and how that went lately.
public struct MetricSnapshot: Sendable, Equatable, Codable {
  /// `http.server.request.duration`
  public var name: String
  /// The process that it is of; empty when nobody said.
  public var instance: String
  /// What tells the series from others of that name: `http.route=/orders`.
  public var attributes: String
  /// By UCUM; empty when it has none.
  public var unit: String
  /// Of what only grows its growth a second, otherwise its level; nil while that is not known.
  public var value: Double?
  /// Whether it is a growth a second.
  public var isRate: Bool
  /// Of the last seconds in which something came, oldest first.
  public var series: [Float]

  public init(
    name: String, instance: String = "", attributes: String, unit: String, value: Double?, isRate: Bool, series: [Float]
  ) {
    self.name = name
    self.instance = instance
    self.attributes = attributes
    self.unit = unit
    self.value = value
    self.isRate = isRate
    self.series = series
  }
}
