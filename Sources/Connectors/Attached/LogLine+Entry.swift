public import Operations
public import TraceModel

extension LogLine {
  /// A line that a real system logged, as the screen shows it: its attributes stand behind its text.
  public init(_ entry: LogEntry) {
    let text = entry.eventName.isEmpty ? entry.body.description : "\(entry.eventName) \(entry.body)"
    let facts = entry.attributes.map { " \($0.name)=\($0.value)" }.joined()
    self.init(
      time: entry.time, level: Self.level(entry.severity), service: entry.service, instance: entry.instance,
      gtxid: entry.gtxid, message: text + facts)
  }

  /// OpenTelemetry counts in fours; what says nothing is ordinary.
  private static func level(_ severity: UInt8) -> Level {
    switch severity {
    case 1...8: .debug
    case 13...16: .warn
    case 17...: .error
    default: .info
    }
  }
}
