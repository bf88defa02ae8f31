internal import TraceModel

/// What tells one series from all others, and the order in which they are shown.
struct MetricKey: Hashable, Comparable, Sendable {
  let service: String
  let instance: String
  let name: String
  /// The attributes by name, as ``ByteWriter`` writes them.
  let attributes: [UInt8]

  init(_ point: MetricPoint) {
    service = point.service
    instance = point.instance
    name = point.name
    var writer = ByteWriter()
    writer.attributes(Self.sorted(point.attributes))
    attributes = writer.bytes
  }

  /// By name, those of one name in the sender's order.
  static func sorted(_ attributes: [SpanAttribute]) -> [SpanAttribute] {
    guard attributes.count > 1 else { return attributes }
    return attributes.enumerated().sorted { ($0.element.name, $0.offset) < ($1.element.name, $1.offset) }
      .map(\.element)
  }

  var bytes: Int { service.utf8.count + instance.utf8.count + name.utf8.count + attributes.count }

  static func < (left: MetricKey, right: MetricKey) -> Bool {
    if left.service != right.service { return left.service < right.service }
    if left.instance != right.instance { return left.instance < right.instance }
    if left.name != right.name { return left.name < right.name }
    return left.attributes.lexicographicallyPrecedes(right.attributes)
  }
}
