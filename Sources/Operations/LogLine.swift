public import TraceModel

/// One line of the central log.
public struct LogLine: Sendable, Equatable, Codable {
  public enum Level: String, Sendable, Codable, CaseIterable, Comparable {
    case debug, info, warn, error

    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warn: 2
      case .error: 3
      }
    }
  }

  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  public var level: Level
  public var service: String
  public var instance: String
  public var gtxid: GTXID?
  public var ltxid: LTXID?
  public var message: String

  public init(
    time: Int64, level: Level, service: String, instance: String, gtxid: GTXID? = nil, ltxid: LTXID? = nil,
    message: String
  ) {
    self.time = time
    self.level = level
    self.service = service
    self.instance = instance
    self.gtxid = gtxid
    self.ltxid = ltxid
    self.message = message
  }
}

/// Which lines of the log are wanted; what is nil or empty lets everything through.
public struct LogFilter: Sendable, Equatable, Codable {
  public var atLeast: LogLine.Level
  public var service: String?
  public var gtxid: GTXID?
  /// In the language of ``LogQuery``: words, `level>=warn`, `svc=payment`.
  public var text: String
  /// Nanoseconds since the Unix epoch: nothing newer.
  public var until: Int64?

  public init(
    atLeast: LogLine.Level = .debug, service: String? = nil, gtxid: GTXID? = nil, text: String = "", until: Int64? = nil
  ) {
    self.atLeast = atLeast
    self.service = service
    self.gtxid = gtxid
    self.text = text
    self.until = until
  }

  /// Whether one line is wanted; for many lines make a ``LogMatch``.
  public func lets(through line: LogLine) -> Bool { LogMatch(self).lets(through: line) }
}
