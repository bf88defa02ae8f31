/// What a service says to a command of a saga. Its record has `<command>:ok` or `<command>:refused` as its event type, and
/// the payload `{"body":…,"locked":["order/7"],"ok":true,"reason":"…","request":"…","saga":"…","step":"…","type":"checkout"}`.
public struct SagaReply: Sendable, Hashable {
  public var saga: String
  /// The name of the definition: which orchestrator it is for.
  public var sagaType: String
  public var step: String
  /// Of the command that is answered.
  public var request: String
  public var isSuccess: Bool
  /// Why it was refused.
  public var reason: String
  /// What the service holds for the saga until it is told to unlock it.
  public var locked: [String]
  /// One JSON value; empty when there is none.
  public var body: [UInt8]

  public init(
    saga: String, sagaType: String, step: String, request: String, isSuccess: Bool, reason: String = "",
    locked: [String] = [], body: [UInt8] = []
  ) {
    self.saga = saga
    self.sagaType = sagaType
    self.step = step
    self.request = request
    self.isSuccess = isSuccess
    self.reason = reason
    self.locked = locked
    self.body = body
  }

  public init(to command: SagaCommand, isSuccess: Bool, reason: String = "", locked: [String] = [], body: [UInt8] = [])
  {
    self.init(
      saga: command.saga, sagaType: command.sagaType, step: command.step, request: command.request,
      isSuccess: isSuccess, reason: reason, locked: locked, body: body)
  }

  /// Reads the value of a record. Nil when it is no reply.
  public init?(payload: [UInt8]) {
    self.init(saga: "", sagaType: "", step: "", request: "", isSuccess: false)
    guard var object = SagaJSONReader(payload) else { return nil }
    var saysWhich = false
    while let name = object.nextName() {
      switch name {
      case "body":
        guard let json = object.json() else { return nil }
        body = json
      case "locked":
        guard let texts = object.texts() else { return nil }
        locked = texts
      case "ok":
        guard let flag = object.flag() else { return nil }
        (isSuccess, saysWhich) = (flag, true)
      default:
        guard object.read(name, Self.texts, into: &self) else { return nil }
      }
    }
    guard object.isComplete, saysWhich, !saga.isEmpty, !request.isEmpty else { return nil }
  }

  private static let texts: [String: any WritableKeyPath<SagaReply, String> & Sendable] = [
    "reason": \.reason, "request": \.request, "saga": \.saga, "step": \.step, "type": \.sagaType,
  ]

  public var payload: [UInt8] {
    var object = SagaJSONWriter()
    object.add("body", json: body)
    object.add("locked", locked)
    object.add("ok", isSuccess)
    object.add("reason", reason)
    object.add("request", request)
    object.add("saga", saga)
    object.add("step", step)
    object.add("type", sagaType)
    return object.finished()
  }
}
