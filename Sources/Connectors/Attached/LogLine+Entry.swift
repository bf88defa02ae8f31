public import Operations
public import TraceModel

extension LogLine {
  /// A line that a real system logged, as the screen shows it: its attributes stand behind its text.
  ///
  /// - Parameter limit: bytes of all that together, and of each name; what is longer is cut.
  public init(_ entry: LogEntry, limit: Int = ReceiverSettings().logTextLimit) {
    var text = entry.eventName.isEmpty ? entry.body.description : "\(entry.eventName) \(entry.body)"
    for (number, attribute) in entry.attributes.enumerated() {
      guard text.utf8.count <= limit else { break }
      text += "\(number == 0 ? "  " : " ")\(attribute.name)=\(attribute.value)"
    }
    self.init(
      time: entry.time, level: Self.level(of: entry), service: entry.service.cut(to: limit),
      instance: entry.instance.cut(to: limit), gtxid: entry.gtxid, message: text.cut(to: limit))
  }

  /// OpenTelemetry counts in fours. Without a number the word counts; what says nothing is ordinary.
  private static func level(of entry: LogEntry) -> Level {
    switch entry.severity {
    case 1...8: .debug
    case 13...16: .warn
    case 17...: .error
    case 9...12: .info
    default: words.first { $0.words.contains(entry.severityText.lowercased()) }?.level ?? .info
    }
  }

  /// As the usual loggers and syslog call them.
  private static let words: [(level: Level, words: Set<String>)] = [
    (.debug, ["trace", "debug", "verbose", "fine", "finer", "finest"]), (.warn, ["warn", "warning"]),
    (.error, ["error", "err", "fatal", "critical", "crit", "severe", "alert", "emerg", "emergency", "panic"]),
  ]
}
