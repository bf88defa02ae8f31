internal import TraceModel

/// A call as it goes over the wire. The transaction travels in the headers and nowhere else.
struct Request: Sendable {
  /// `POST /orders`
  var route: String
  /// What stands in the path in place of a parameter.
  var argument = ""
  var headers: [Carrier.Header] = []
  var body = Payload()
  /// The body of a call that speaks protobuf; then it has no other.
  var protobuf: [UInt8]?
  var user = ""
  /// While a canary is looked at: whether it gets this call, as the gateway has decided; nil: whoever calls decides.
  var isForCanary: Bool?
  /// By which an order that was sent by hand is known until it has an id.
  var ticket: Int?
  var document: Document?
  /// Whoever asks for a stream takes its events here, as they come.
  var events: (@Sendable (Payload) -> Void)?

  init(_ route: String, argument: String = "", body: Payload = Payload(), user: String = "") {
    self.route = route
    self.argument = argument
    self.body = body
    self.user = user
  }
}

struct Response: Sendable {
  var status: Int
  var headers: [Carrier.Header] = []
  var body = Payload()
  /// The body of an answer in protobuf; then it has no other.
  var protobuf: [UInt8]?
  var document: Document?

  init(_ status: Int, body: Payload = Payload()) {
    self.status = status
    self.body = body
  }
}

extension Response {
  static func notFound(_ reason: String) -> Response { Response(404, body: Payload(reason: reason)) }
}

/// Why a call brought no answer.
enum CallFailure: Error {
  /// Nobody listens at the address: it was not executed.
  case connectionRefused(String)
  /// The caller knows of no instance: it was not executed.
  case noInstance(String)
  /// The other side went away: it may have been executed.
  case connectionLost(String)
  /// The other side answered with an error of its own; nil for one that was made on the way there.
  case serverError(service: String, status: Int, reason: String, answer: Response?)

  /// Whether the call may have had its effect all the same.
  var mayHaveHappened: Bool {
    switch self {
    case .connectionRefused, .noInstance: false
    case .connectionLost: true
    case .serverError(_, let status, _, _): status != 503
    }
  }
}

extension CallFailure: CustomStringConvertible {
  var description: String {
    switch self {
    case .connectionRefused(let service): "\(service) refuses the connection"
    case .noInstance(let service): "no instance of \(service) is known"
    case .connectionLost(let service): "connection to \(service) was lost"
    case .serverError(let service, let status, let reason, _):
      reason.isEmpty ? "\(service) answered \(status)" : "\(service) answered \(status): \(reason)"
    }
  }
}
