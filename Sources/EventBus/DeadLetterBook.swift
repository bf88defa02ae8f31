internal import Concurrency

/// What became of a dead letter.
public enum DeadLetterState: String, Sendable, Hashable, Codable, CaseIterable {
  /// It waits for somebody.
  case open
  /// It was put back into its topic.
  case retried
  /// Somebody decided that it is not worth it.
  case discarded
}

/// Which dead letters are settled, as an index of the topic where that is written down. The letters themselves stay where
/// they are, as all records do.
final class DeadLetterBook: Sendable {
  /// By the place of the letter in its dead-letter topic; for looking up only.
  private let settled = Locked<[TopicPartition: [Int64: DeadLetterState]]>([:])

  func state(_ partition: TopicPartition, offset: Int64) -> DeadLetterState {
    settled.withLock { $0[partition]?[offset] ?? .open }
  }

  /// False when it was settled before: of two who try at once, one does it.
  func settle(_ partition: TopicPartition, offset: Int64, as state: DeadLetterState) -> Bool {
    settled.withLock { settled in
      guard settled[partition]?[offset] == nil else { return false }
      settled[partition, default: [:]][offset] = state
      return true
    }
  }

  /// It is open again: what was to be done with it could not be done.
  func reopen(_ partition: TopicPartition, offset: Int64) {
    settled.withLock { $0[partition]?[offset] = nil }
  }

  /// How many that are still in the log are settled; those that retention has removed are forgotten.
  func count(_ partition: TopicPartition, from start: Int64) -> Int64 {
    settled.withLock { settled in
      guard let all = settled[partition] else { return 0 }
      let kept = all.filter { $0.key >= start }
      if kept.count < all.count { settled[partition] = kept }
      return Int64(kept.count)
    }
  }

  // MARK: The topic

  static let topicName = "__dead_letters"

  /// Made with the first letter that is settled; only what was said last of a letter matters.
  func topic(in topics: TopicRegistry) throws(BusError) -> Topic {
    if let known = topics.find(Self.topicName) { return known }
    do throws(BusError) {
      return try topics.create(
        Self.topicName,
        settings: TopicSettings(retentionAge: nil, retentionBytes: nil, segmentBytes: 256 << 10, cleanup: .compact),
        isInternal: true)
    } catch {
      guard case .topicExists = error else { throw error }
      return try topics.topic(Self.topicName)
    }
  }

  /// Key: the letter's partition number, offset and topic. Value: the state's name.
  static func record(_ partition: TopicPartition, offset: Int64, state: DeadLetterState) -> ProducerRecord {
    var key = LittleEndianWriter()
    key.put(Int64(partition.partition))
    key.put(offset)
    return ProducerRecord(key: key.all + Array(partition.topic.utf8), value: Array(state.rawValue.utf8))
  }

  /// Takes up what the log says.
  func restore(from topics: TopicRegistry) throws(BusError) {
    guard let topic = topics.find(Self.topicName) else { return }
    try topic.forEachRecord { record in
      guard let key = record.key, key.count > 16, let state = DeadLetterState(rawValue: record.text) else { return }
      var reader = LittleEndianReader(bytes: key)
      guard let numbers = reader.numbers(2) else { return }
      let place = TopicPartition(topic: String(decoding: key[16...], as: UTF8.self), partition: Int(numbers[0]))
      settled.withLock { $0[place, default: [:]][numbers[1]] = state }
    }
  }
}
