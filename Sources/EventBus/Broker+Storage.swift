internal import Concurrency

/// What reaches the disk, and when.
extension Topic {
  /// As `append`, and returns once the records are on the disk. Whoever waits at the same time shares the sync.
  ///
  /// Readers may see the records before that.
  /// - Throws: as `append`; `notDurable` for a topic in memory; `syncFailed`: the records may or may not be there.
  public func appendSynced(_ records: [ProducerRecord], now: Int64) async throws(BusError) -> [RecordPosition] {
    guard let first = partitions.first, first.store != nil else { throw .notDurable(partitions[0].name) }
    let positions = try append(records, acknowledge: .written, now: now)
    let result = await withCheckedContinuation { continuation in
      whenSynced(positions) { continuation.resume(returning: $0) }
    }
    try result.get()
    return positions
  }

  /// Tells once, when the records at `positions` of this topic are on the disk: from another thread, or at once.
  public func whenSynced(
    _ positions: [RecordPosition], _ tell: @escaping @Sendable (Result<Void, BusError>) -> Void
  ) {
    var ends = [Int64](repeating: -1, count: partitions.count)
    for position in positions { ends[position.partition] = max(ends[position.partition], position.offset + 1) }
    let wanted = ends.indices.filter { ends[$0] >= 0 }
    guard wanted.count != 1 else { return partitions[wanted[0]].whenSynced(before: ends[wanted[0]], tell) }
    let countdown = SyncCountdown(wanted.count, tell)
    for partition in wanted { partitions[partition].whenSynced(before: ends[partition], countdown.arrive) }
  }
}

extension Broker {
  /// The directory of its log; nil when everything is in memory.
  public var directory: String? { topics.store?.directory }

  /// What keeps the disk from taking records now, for each partition that waits for it; empty while all is well.
  public var refusals: [BusError] {
    let all = topics.store?.refusals.withLock { $0 } ?? [:]
    return all.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Brings everything that was acknowledged to the disk, takes nothing more, and gives the directory back. Without it
  /// nothing is lost but what was acknowledged as in memory, and the next process has more to look through.
  /// - Throws: `storage`, `syncFailed`: the first that was met; the rest was done.
  public func close(now: Int64) async throws(BusError) {
    setAvailable(false, now: now)
    var failure: BusError?
    for topic in topics.all where topic.partitions[0].store != nil {
      for partition in topic.partitions {
        do throws(BusError) {
          try partition.writeOut()
        } catch {
          failure = failure ?? error
        }
        // What the disk does not take is not waited for.
        let end = partition.state.withLock { $0.disk?.writtenEnd ?? 0 }
        let result = await withCheckedContinuation { continuation in
          partition.whenSynced(before: end) { continuation.resume(returning: $0) }
        }
        if case .failure(let error) = result { failure = failure ?? error }
      }
    }
    // Calls that had begun before, and time that still comes to producers and to retention, must not write any more.
    for topic in topics.all { for partition in topic.partitions { partition.close() } }
    await topics.store?.flusher.drain()
    topics.store?.release()
    if let failure { throw failure }
  }
}
