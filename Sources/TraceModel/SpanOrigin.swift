/// Who made a span: the process that reported it, and the library inside that measured it (OpenTelemetry's resource and
/// instrumentation scope).
///
/// A class, because thousands of spans share one: copying a span must not copy it.
public final class SpanOrigin: Sendable, Equatable, Codable {
  /// Of the process: `service.name`, `host.name` and the like, in the sender's order.
  public let resource: Group
  /// Of the library.
  public let scope: Scope

  /// Attributes with what belongs to them.
  public struct Group: Sendable, Equatable, Codable {
    public var attributes: [SpanAttribute]
    /// Attributes that the sender did not send.
    public var droppedAttributes: UInt32
    /// The schema that the names follow; empty when the sender named none.
    public var schema: String

    public init(attributes: [SpanAttribute] = [], droppedAttributes: UInt32 = 0, schema: String = "") {
      self.attributes = attributes
      self.droppedAttributes = droppedAttributes
      self.schema = schema
    }

    /// The value of the first attribute of that name.
    public subscript(name: String) -> AttributeValue? {
      attributes.first { $0.name == name }?.value
    }
  }

  /// The library that measured: its name and version, and attributes of its own.
  public struct Scope: Sendable, Equatable, Codable {
    public var name: String
    public var version: String
    public var facts: Group

    public init(name: String = "", version: String = "", facts: Group = Group()) {
      self.name = name
      self.version = version
      self.facts = facts
    }
  }

  public init(resource: Group = Group(), scope: Scope = Scope()) {
    self.resource = resource
    self.scope = scope
  }

  public static func == (left: SpanOrigin, right: SpanOrigin) -> Bool {
    left === right || (left.resource == right.resource && left.scope == right.scope)
  }
}
