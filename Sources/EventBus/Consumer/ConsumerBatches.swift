internal import Concurrency

/// What asking for the next batch does with the one before.
public enum BatchCommits: Sendable, Hashable {
  /// It was handled: its offset is committed. After a crash it comes again if that had not happened.
  case handled
  /// Nothing: whoever handles the records commits.
  case none
}

extension Consumer {
  /// The records of this consumer's partitions, batch by batch, for ever: `for try await batch in consumer.batches(…)`.
  ///
  /// Waiting blocks no thread. It ends when the task is cancelled; the consumer is still a member then, until `close`
  /// or until its session times out. While a batch is handled the group hears nothing: a batch must take less than the
  /// session time-out, or `heartbeat` be called meanwhile.
  ///
  /// Whoever waits here also lets time go by for the broker: its own deadlines are met.
  /// - Parameters:
  ///   - max: the most records that are read at once, over all partitions.
  ///   - staysAwake: so long a wait looks again and again, and lets other tasks run in between, before it sleeps. What
  ///     comes meanwhile is taken at once, where the system would need many microseconds to wake a thread; it costs that
  ///     much time of a core in each wait. Default: none.
  ///   - clock: what waits for deadlines.
  ///   - now: the time, in nanoseconds since the Unix epoch.
  /// - Returns: a sequence that throws `fencedInstance`, `noCommittedOffset` and `consumerClosed`; while the broker or a
  ///   topic does not answer it waits.
  public func batches<C: Clock>(
    max: Int = 512, commits: BatchCommits = .handled, staysAwake: Duration = .zero, clock: C,
    now: @escaping @Sendable () -> Int64
  ) -> ConsumerBatches<C> where C.Duration == Duration {
    ConsumerBatches(consumer: self, max: max, commits: commits, staysAwake: staysAwake, clock: clock, now: now)
  }
}

/// See ``Consumer/batches(max:commits:clock:now:)``.
public struct ConsumerBatches<C: Clock>: AsyncSequence, Sendable where C.Duration == Duration {
  public typealias Element = RecordBatch

  let consumer: Consumer
  let max: Int
  let commits: BatchCommits
  let staysAwake: Duration
  let clock: C
  let now: @Sendable () -> Int64

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: self) }

  public struct AsyncIterator: AsyncIteratorProtocol {
    private let source: ConsumerBatches
    /// Handed out, and not committed yet.
    private var handled: [PartitionOffset] = []

    fileprivate init(source: ConsumerBatches) {
      self.source = source
    }

    public mutating func next() async throws -> RecordBatch? {
      while !Task.isCancelled {
        commitHandled()
        let (batch, wantsMore) = try poll()
        if let batch { return noted(batch) }
        if !wantsMore { try await source.wait() }
      }
      commitHandled()
      return nil
    }

    private mutating func noted(_ batch: RecordBatch) -> RecordBatch {
      if source.commits == .handled, let last = batch.records.last {
        handled.append(PartitionOffset(partition: batch.topicPartition, offset: last.offset + 1))
      }
      return batch
    }

    /// A commit that is refused because the partition went to another member is no loss: the records come again there.
    private mutating func commitHandled() {
      guard !handled.isEmpty else { return }
      do throws(BusError) {
        try source.consumer.commit(handled, now: source.now())
        handled = []
      } catch .unavailable {
        // Later: the offsets stay noted.
      } catch {
        handled = []
      }
    }

    /// Reads one batch and no more, so that the consumer's positions never pass what was handed out.
    private func poll() throws(BusError) -> (batch: RecordBatch?, wantsMore: Bool) {
      let now = source.now()
      source.consumer.broker.tick(now: now)
      do throws(BusError) {
        let result = try source.consumer.poll(max: source.max, batches: 1, now: now)
        let hasChanged = !result.revoked.isEmpty || !result.lost.isEmpty || result.assigned != nil
        return (result.batches.first, hasChanged)
      } catch {
        guard case .unavailable = error else { throw error }
        return (nil, false)
      }
    }
  }

  /// Looks for a while without sleeping.
  private func isWokenSoon(_ woken: WaitPoint) async -> Bool {
    guard staysAwake > .zero else { return false }
    let end = clock.now.advanced(by: staysAwake)
    while !woken.isWoken {
      if clock.now >= end || Task.isCancelled { return false }
      await Task.yield()
    }
    return true
  }

  /// Until there is something to read, the group has changed, the broker is back, or a deadline has come.
  fileprivate func wait() async throws {
    let woken = WaitPoint()
    let token = try consumer.waitToken { woken.wake() }
    defer { token.cancel() }
    if await isWokenSoon(woken) { return }
    // What is past was missed while nobody answered: then the broker's return wakes, and no time.
    let time = now()
    let deadlines = [consumer.nextDeadline, consumer.broker.nextDeadline].compactMap(\.self).filter { $0 > time }
    guard let deadline = deadlines.min() else { return await woken.wait() }
    let left = deadline - time
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await woken.wait() }
      group.addTask { [clock] in try? await clock.sleep(for: .nanoseconds(left)) }
      await group.next()
      group.cancelAll()
      woken.wake()
    }
  }
}

/// Where one task waits to be woken, once. Cancelling it wakes it, too.
private final class WaitPoint: Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<Void, Never>)
    case woken
  }

  private let state = Locked(State.idle)

  var isWoken: Bool {
    state.withLock { state in
      if case .woken = state { return true }
      return false
    }
  }

  func wake() {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      defer { state = .woken }
      if case .waiting(let waiter) = state { return waiter }
      return nil
    }
    waiter?.resume()
  }

  func wait() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isWoken = state.withLock { state in
          if case .woken = state { return true }
          state = .waiting(continuation)
          return false
        }
        if isWoken { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
  }
}
