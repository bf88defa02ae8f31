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
      time: entry.time, level: Self.level(entry.severity), service: entry.service.cut(to: limit),
      instance: entry.instance.cut(to: limit), gtxid: entry.gtxid, message: text.cut(to: limit))
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
