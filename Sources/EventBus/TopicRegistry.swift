internal import Concurrency
internal import OrderedCollections

/// The topics by name, shared by the broker and its group coordinator.
final class TopicRegistry: Sendable {
  private struct State {
    var topics = OrderedDictionary<String, Topic>()
    var nextNumber = 0
  }

  /// Nil keeps everything in memory.
  let store: DiskStore?
  private let state = Locked(State())
  let appended = ObserverFeed<AppendedRecords>()
  let producers = ProducerRegistry()

  init(store: DiskStore? = nil) {
    self.store = store
  }

  func find(_ name: String) -> Topic? {
    state.withLock { $0.topics[name] }
  }

  func topic(_ name: String) throws(BusError) -> Topic {
    guard let topic = find(name) else { throw .unknownTopic(name) }
    return topic
  }

  func partition(_ name: TopicPartition) throws(BusError) -> Partition {
    try topic(name.topic).partition(name.partition)
  }

  /// In the order of their creation.
  var all: [Topic] { state.withLock { Array($0.topics.values) } }

  func create(_ name: String, settings: TopicSettings, isInternal: Bool = false) throws(BusError) -> Topic {
    try Self.validate(name)
    try settings.validate(topic: name)
    return try state.withLock { state throws(BusError) in
      if state.topics[name] != nil { throw .topicExists(name) }
      // No number is used twice, also after a failure: by it transactions order their locks.
      let number = state.nextNumber
      state.nextNumber += 1
      let logs = try makeLogs(name, settings, isInternal: isInternal, number: number)
      let topic = Topic(
        name, number: number, settings: settings, isInternal: isInternal, registry: self, logs: logs)
      state.topics[name] = topic
      return topic
    }
  }

  // MARK: On disk

  private func makeLogs(
    _ name: String, _ settings: TopicSettings, isInternal: Bool, number: Int
  ) throws(BusError) -> [DiskLog]? {
    guard let store else { return nil }
    try store.requireHeld()
    let folder = store.topicFolder(number, name: name)
    try Directory.create(folder)
    let file = TopicFile(name: name, isInternal: isInternal, settings: settings)
    do throws(BusError) {
      try Directory.replace(folder + "/topic", with: file.bytes)
      try Directory.synchronize(store.directory + "/topics")
    } catch {
      // Without this file the folder is no topic.
      try? Directory.remove(folder + "/topic")
      throw error
    }
    return (0..<settings.partitions).map { number in
      DiskLog(TopicPartition(topic: name, partition: number), directory: "\(folder)/\(number)", store: store)
    }
  }

  /// Opens the topics that the directory has.
  func open(
    report: inout RecoveryReport, transactions: inout [OpenTransactionBatch]
  ) throws(BusError) {
    guard let store else { return }
    for (number, folder) in try store.topicFolders() {
      let path = folder + "/topic"
      let source = try File(path, .read)
      let file = try TopicFile(source.read(Int(source.size()), at: 0), path: path)
      var logs: [DiskLog] = []
      for partition in 0..<file.settings.partitions {
        logs.append(
          try DiskLog(
            opening: TopicPartition(topic: file.name, partition: partition), directory: "\(folder)/\(partition)",
            store: store, settings: file.settings, report: &report, transactions: &transactions))
      }
      let topic = Topic(
        file.name, number: number, settings: file.settings, isInternal: file.isInternal, registry: self, logs: logs)
      state.withLock { state in
        state.topics[file.name] = topic
        state.nextNumber = number + 1
      }
    }
  }

  private static func validate(_ name: String) throws(BusError) {
    let length = name.utf8.count
    if length == 0 { throw .invalidTopicName(name, reason: "the name is empty") }
    if length > 249 { throw .invalidTopicName(name, reason: "it has \(length) bytes, 249 are the most") }
  }
}
