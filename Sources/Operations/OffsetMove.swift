public import EventBus

/// To move a group's committed offsets: where to read on.
public struct OffsetMove: Sendable, Equatable, Codable {
  public var group: String
  public var topic: String
  /// Nil stands for all partitions of the topic.
  public var partition: Int?
  public var target: SeekTarget

  public init(group: String, topic: String, partition: Int? = nil, target: SeekTarget) {
    self.group = group
    self.topic = topic
    self.partition = partition
    self.target = target
  }
}

/// What a move would do now, or why it cannot be done.
public enum OffsetPreview: Sendable, Equatable, Codable {
  case possible(SeekPreview)
  case refused(String)
}

extension SeekTarget {
  /// Where to, after "moved": `to earliest`, `back by 1,000 records`.
  /// - Parameter now: what a time is counted back from.
  public func words(now: Int64) -> String {
    switch self {
    case .earliest: "to earliest"
    case .latest: "to latest"
    case .time(let time): "to \(Self.minutes(max(0, now &- time))) ago"
    case .shift(let count):
      "\(count < 0 ? "back" : "on") by \(Count.of(Int64(clamping: count.magnitude), "record"))"
    case .offset(let offset): "to offset \(Count.grouped(offset))"
    }
  }

  /// `5 minutes`, `0.5 minutes`
  private static func minutes(_ nanoseconds: Int64) -> String {
    let tenths = Int64((Double(nanoseconds) / 6e9).rounded())
    if tenths % 10 == 0 { return Count.of(tenths / 10, "minute") }
    return "\(Count.grouped(tenths / 10)).\(tenths % 10) minutes"
  }
}
