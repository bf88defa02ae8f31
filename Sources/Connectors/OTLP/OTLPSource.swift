internal import OTLPMessages
internal import TraceModel

/// What a resource says of everything that is below it.
struct OTLPSource {
  let service: String
  /// Whatever names the process or its host best; empty when nothing does.
  let instance: String
  private let resource: SpanOrigin.Group

  /// Bytes of a name by which others know a process; the resource keeps all of it.
  static let longestName = 1_024

  private static let instanceNames = ["service.instance.id", "host.name", "k8s.pod.name"]

  init(_ resource: OTLP.Resource, schema: String) {
    let group = SpanOrigin.Group(
      attributes: OTLPValues.attributes(resource.attributes), droppedAttributes: resource.droppedAttributesCount,
      schema: schema)
    service = Self.service(of: group)
    instance = Self.instance(of: group)
    self.resource = group
  }

  static func service(of resource: SpanOrigin.Group) -> String { text("service.name", in: resource) }

  static func instance(of resource: SpanOrigin.Group) -> String {
    instanceNames.lazy.map { text($0, in: resource) }.first { !$0.isEmpty } ?? ""
  }

  private static func text(_ name: String, in group: SpanOrigin.Group) -> String {
    guard case .text(let text) = group[name] else { return "" }
    return text.cut(to: longestName)
  }

  /// Made once for all that `scope` measured; nil when the sender said nothing of either.
  func origin(_ scope: OTLP.Scope, schema: String) -> SpanOrigin? {
    let facts = SpanOrigin.Group(
      attributes: OTLPValues.attributes(scope.attributes), droppedAttributes: scope.droppedAttributesCount,
      schema: schema)
    let scope = SpanOrigin.Scope(name: scope.name, version: scope.version, facts: facts)
    guard resource != SpanOrigin.Group() || scope != SpanOrigin.Scope() else { return nil }
    return SpanOrigin(resource: resource, scope: scope)
  }
}
