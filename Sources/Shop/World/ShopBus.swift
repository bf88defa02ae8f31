public import EventBus

/// The event bus that a shop runs on.
public enum ShopBus {
  /// A member of a group that is not heard of for so long loses its partitions, in nanoseconds.
  static let sessionTimeout: Int64 = 10_000_000_000

  /// - Parameter directory: where its log goes, which must hold none yet: a run begins with nothing. Nil keeps it in memory.
  /// - Throws: what keeps the directory from being used; `topicExists` when there is the log of an earlier run.
  public static func open(directory: String? = nil, now: Int64 = ShopSettings.fixedEpoch) throws(BusError) -> Broker {
    var groups = GroupSettings()
    groups.sessionTimeout = sessionTimeout
    groups.initialRebalanceDelay = 500_000_000
    guard let directory else { return try Broker(groupSettings: groups) }
    let broker = try Broker(directory: directory, groupSettings: groups, now: now)
    if let topic = broker.allTopics.first(where: { !$0.isInternal }) { throw .topicExists(topic.name) }
    return broker
  }
}
