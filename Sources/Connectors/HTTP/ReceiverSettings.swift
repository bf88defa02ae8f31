/// Limits of a receiver.
public struct ReceiverSettings: Sendable, Equatable {
  /// Bytes of one request's body, before and after decompression.
  public var bodyLimit = 64 * 1_048_576
  /// Bytes of all bodies that are being received or wait to be decoded.
  public var waitingLimit = 4 * 64 * 1_048_576
  /// Log lines or points of metrics that are taken of one request; what is more is left out, and the answer says so.
  public var entryLimit = 100_000
  /// Bytes of one log line, and of each text of it; a longer one is cut.
  public var logTextLimit = 65_536
  /// Connections at a time. For one more that one is closed over which no request came for longest.
  public var connectionLimit = 512
  /// How long a connection may stand still.
  public var idleTime = Duration.seconds(60)
  /// How long a request may take until it has come whole, however steadily it comes.
  public var arrivalTime = Duration.seconds(300)
  /// How long a sender that was turned away before its body was read may take to read the answer: closing at once would
  /// make the system drop it.
  public var lingerTime = Duration.seconds(2)
  /// How long requests under way may take to end once the receiver is stopped.
  public var graceTime = Duration.seconds(1)

  /// The web pages that may report from browsers.
  public var allowedOrigins = AllowedOrigins()

  public init() {}

  /// A limit in whole MiB where it is one.
  package static func text(bytes: Int) -> String {
    bytes % 1_048_576 == 0 ? "\(bytes / 1_048_576) MiB" : "\(bytes) bytes"
  }
}
