internal import Concurrency
internal import OrderedCollections

/// The topics by name, shared by the broker and its group coordinator.
final class TopicRegistry: Sendable {
  private let topics = Locked(OrderedDictionary<String, Topic>())
  let appended = ObserverFeed<AppendedRecords>()

  func find(_ name: String) -> Topic? {
    topics.withLock { $0[name] }
  }

  func topic(_ name: String) throws(BusError) -> Topic {
    guard let topic = find(name) else { throw .unknownTopic(name) }
    return topic
  }

  func partition(_ name: TopicPartition) throws(BusError) -> Partition {
    try topic(name.topic).partition(name.partition)
  }

  /// In the order of their creation.
  var all: [Topic] { topics.withLock { Array($0.values) } }

  func create(_ name: String, settings: TopicSettings, isInternal: Bool = false) throws(BusError) -> Topic {
    try Self.validate(name)
    try settings.validate(topic: name)
    return try topics.withLock { topics throws(BusError) in
      if topics[name] != nil { throw .topicExists(name) }
      let topic = Topic(name, settings: settings, isInternal: isInternal, feed: appended)
      topics[name] = topic
      return topic
    }
  }

  private static func validate(_ name: String) throws(BusError) {
    let length = name.utf8.count
    if length == 0 { throw .invalidTopicName(name, reason: "the name is empty") }
    if length > 249 { throw .invalidTopicName(name, reason: "it has \(length) bytes, 249 are the most") }
  }
}
