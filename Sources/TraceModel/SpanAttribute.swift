/// A named fact about a span or an event.
public struct SpanAttribute: Sendable, Equatable, Codable {
  public var name: String
  public var value: AttributeValue

  public init(_ name: String, _ value: AttributeValue) {
    self.name = name
    self.value = value
  }
}

/// What a fact is: OpenTelemetry's `AnyValue`.
public enum AttributeValue: Sendable, Equatable, Codable {
  case text(String)
  case integer(Int64)
  case real(Double)
  case boolean(Bool)
  case bytes([UInt8])
  /// Values of any kind, in the sender's order.
  case list([AttributeValue])
  /// Named values, in the sender's order.
  case map([SpanAttribute])
  /// The sender named the attribute and gave no value.
  case empty

  public var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .text(let text): Int64(text)
    default: nil
    }
  }
}

extension AttributeValue: CustomStringConvertible {
  /// As a person reads it: `[a, 2]` for a list, `{name: value}` for a map, hexadecimal digits for bytes.
  public var description: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .boolean(let value): "\(value)"
    case .bytes(let value): "0x" + value.map(Hexadecimal.pair).joined()
    case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .map(let entries): "{" + entries.map { "\($0.name): \($0.value)" }.joined(separator: ", ") + "}"
    case .empty: ""
    }
  }
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

/// Attribute names that the rest of the program gives a meaning to. Those that OpenTelemetry has are spelt as there.
public enum AttributeName {
  /// Integer: the answer's status, such as 202.
  public static let httpStatus = "http.response.status_code"
  /// Text: the topic a record went to or came from.
  public static let topic = "messaging.destination.name"
  /// Integer.
  public static let partition = "messaging.destination.partition.id"
  /// Integer: the record's place in its partition.
  public static let offset = "messaging.offset"
  /// Text: what de-duplication goes by.
  public static let messageID = "messaging.message.id"
  /// Integer: nanoseconds between append and read.
  public static let wait = "messaging.wait_ns"
  /// Integer: which try this is, from 1.
  public static let attempt = "retry.attempt"
  /// Integer: how many tries there may be.
  public static let attempts = "retry.attempts"
  /// Integer: the hop whose work this span undoes.
  public static let undoes = "saga.undoes"
  /// Text: the state in which this span left its entity, such as `PENDING`.
  public static let state = "entity.state"
  /// Text: what kind of transaction this is, on the root span, such as `checkout`.
  public static let kind = "transaction.kind"
  /// Text: the customer.
  public static let user = "enduser.id"
  /// Text: an id from outside that was replaced at the gateway.
  public static let foreignID = "gtxid.foreign"
  /// Text: the filters of a gateway that ran in this span, in order. Where there are several each is a span below it.
  public static let filters = "gateway.filters"
  /// Integer: the hop, where a tracer that carries it says so.
  public static let ltxid = "ltxid"
  public static let errorType = "error.type"
  /// Text: which system a CLIENT span's database is, such as `postgresql`; the second name is the older one.
  public static let databaseSystem = "db.system.name"
  public static let olderDatabaseSystem = "db.system"
  /// Text: the name of the database; the second name is the older one.
  public static let databaseName = "db.namespace"
  public static let olderDatabaseName = "db.name"
  /// Text: the other side, where the span does not name it otherwise.
  public static let peerService = "peer.service"
  public static let serverAddress = "server.address"
  /// Text: what the operation was done to, such as `sku-18 ×2`; stands after the operation's name.
  public static let subject = "operation.subject"
}

/// Names of span events that the call tree draws as rows of their own.
public enum SpanEventName {
  /// A wait before the next try; attribute `duration_ns`.
  public static let backOff = "retry.back_off"
  /// A call that a guard refused, so that it never left; attributes `retry.attempt`, `retry.attempts`, `guard`.
  public static let refused = "call.refused"
  /// A breaker changed state on this call's result; attributes `breaker`, `from`, `to`.
  public static let breaker = "breaker.transition"
  /// A record that was read before, and is not acted on again.
  public static let duplicate = "record.duplicate"
  /// Those that call trees have rows for.
  public static let withRows: Set<String> = [backOff, refused, breaker, duplicate]
  public static let duration = "duration_ns"
  public static let `guard` = "guard"
  public static let breakerName = "breaker"
  public static let from = "from"
  public static let to = "to"
}
