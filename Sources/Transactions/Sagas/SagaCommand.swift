/// A command of a saga to a service. Its record has ``name`` as its event type; everything that a reply needs is in the
/// payload: `{"body":…,"kind":"do","reply":"replies","request":"…","saga":"…","step":"…","type":"checkout"}`
public struct SagaCommand: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    /// To be carried out, once for each request id.
    case act = "do"
    /// Takes back what the same step of the same saga has done, now or later.
    case undo
    /// The saga is over, and needs ``resource`` no more. It has no reply.
    case unlock
  }

  /// `ReserveCredit`
  public var name: String
  public var kind: Kind
  public var saga: String
  /// The name of the definition.
  public var sagaType: String
  public var step: String
  /// What de-duplication goes by: the message id under which the command was sent first. When no reply came, it is sent
  /// again in a message of its own, under the same request id.
  public var request: String
  /// The topic that waits for the reply.
  public var replyTopic: String
  /// The key of the record, and of the reply's.
  public var key: String
  /// What an unlock is about.
  public var resource: String
  /// One JSON value; empty when there is none.
  public var body: [UInt8]

  public init(
    _ name: String, kind: Kind, saga: String, sagaType: String, step: String = "", request: String, replyTopic: String,
    key: String, resource: String = "", body: [UInt8] = []
  ) {
    self.name = name
    self.kind = kind
    self.saga = saga
    self.sagaType = sagaType
    self.step = step
    self.request = request
    self.replyTopic = replyTopic
    self.key = key
    self.resource = resource
    self.body = body
  }

  /// Reads a record: its event type, key and value. Nil when the value is no command.
  public init?(type: String, key: String, payload: [UInt8]) {
    self.init(type, kind: .act, saga: "", sagaType: "", request: "", replyTopic: "", key: key)
    guard var object = SagaJSONReader(payload) else { return nil }
    var saysWhat = false
    while let name = object.nextName() {
      switch name {
      case "body":
        guard let json = object.json() else { return nil }
        body = json
      case "kind":
        guard let kind = object.text().flatMap(Kind.init(rawValue:)) else { return nil }
        (self.kind, saysWhat) = (kind, true)
      default:
        guard object.read(name, Self.texts, into: &self) else { return nil }
      }
    }
    guard object.isComplete, saysWhat, !saga.isEmpty, !request.isEmpty else { return nil }
  }

  private static let texts: [String: any WritableKeyPath<SagaCommand, String> & Sendable] = [
    "reply": \.replyTopic, "request": \.request, "resource": \.resource, "saga": \.saga, "step": \.step,
    "type": \.sagaType,
  ]

  /// The value of the record.
  public var payload: [UInt8] {
    var object = SagaJSONWriter()
    object.add("body", json: body)
    object.add("kind", kind.rawValue)
    object.add("reply", replyTopic)
    object.add("request", request)
    object.add("resource", resource)
    object.add("saga", saga)
    object.add("step", step)
    object.add("type", sagaType)
    return object.finished()
  }
}
