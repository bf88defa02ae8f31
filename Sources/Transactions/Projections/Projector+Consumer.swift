internal import Concurrency
public import EventBus

extension Projector {
  /// What one step as a member of a consumer group did.
  public struct ConsumerStep: Sendable {
    public var applied = 0
    /// Records that came again and had no effect.
    public var repeated = 0
    /// Why the group was not told how far the view is. It is told with the next step: what counts is the view's
    /// position.
    public var commitFailure: BusError?
  }

  /// Brings the live view forward as a member of a consumer group, so that its lag shows among the groups of the topic,
  /// and several instances share the partitions.
  ///
  /// Where to read on is said by the view's own position, never by the group's: that is committed after the view's
  /// transaction, for others to see.
  /// - Parameters:
  ///   - consumer: subscribed to the one topic of the projector's source, which is a ``TopicSource``.
  ///   - max: the most records; 1 or more.
  /// - Throws: as `Consumer.poll`; what the handler throws: the records come again then.
  public func step(consuming consumer: Consumer, max: Int, now: Int64) throws -> ConsumerStep {
    guard let topic = (source as? TopicSource)?.topic, consumer.topics == [topic.name] else {
      preconditionFailure("the consumer of view \"\(projection.name)\" must read the topic of its source alone")
    }
    var result = ConsumerStep()
    let poll = try consumer.poll(max: max, now: now)
    // Where the group says that the partitions begin is not asked.
    guard poll.assigned == nil else {
      try seek(consumer, topic)
      return result
    }
    let (found, positions) = try standing(.live)
    guard let view = found, let declared = declaration(of: view) else { return result }
    for batch in poll.batches {
      do {
        guard let read = try follow(batch, positions[batch.partition], topic) else {
          try seek(consumer, topic)
          return result
        }
        let applied = try apply(read, partition: batch.partition, declared, view, .live)
        result.applied += applied
        result.repeated += read.events.count - applied
      } catch {
        try seek(consumer, topic)
        throw error
      }
    }
    if !poll.batches.isEmpty {
      do throws(BusError) { try consumer.commit(now: now) } catch { result.commitFailure = error }
    }
    state.withLock { [applied = result.applied] in $0.live.note(events: applied, now: now) }
    return result
  }

  /// What was polled, as it follows on the view's position; nil when there are records between.
  private func follow(_ batch: RecordBatch, _ position: Int64, _ topic: Topic) throws -> SourceBatch? {
    guard let first = batch.records.first else { return nil }
    guard first.offset > position else { return TopicSource.batch(of: batch, after: first.offset) }
    let start = max(position, batch.logStart)
    let next = try topic.peek(partition: batch.partition, from: start, maximumRecords: 1).records.first
    return next?.offset == first.offset ? TopicSource.batch(of: batch, after: position) : nil
  }

  /// Sets the consumer to where the view stands.
  private func seek(_ consumer: Consumer, _ topic: Topic) throws {
    let positions = try standing(.live).positions
    for name in consumer.assignment {
      let bounds = try topic.bounds(partition: name.partition)
      let place = min(max(positions[name.partition], bounds.lowerBound), bounds.upperBound)
      try consumer.seek(name, to: place)
    }
  }
}
