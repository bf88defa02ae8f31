internal import Concurrency
internal import Glibc

/// Runs async code on the calling thread with a time of its own: a queue of jobs, and sleepers in order.
///
/// A job from any other thread is a mistake of the code under test, which must never leave its caller's executor.
final class VirtualTime: TaskExecutor, @unchecked Sendable {
  private struct Sleeper {
    let due: Int64
    let number: UInt64
    let continuation: CheckedContinuation<Void, Never>
  }

  private(set) var now: Int64
  private var jobs: [UnownedJob] = []
  private var sleepers: [Sleeper] = []
  private var lastNumber: UInt64 = 0
  private let thread = pthread_self()

  init(now: Int64 = 0) { self.now = now }

  var clock: VirtualClock { VirtualClock(time: self) }

  func enqueue(_ job: consuming ExecutorJob) {
    precondition(pthread_equal(thread, pthread_self()) != 0, "a job came from another thread")
    jobs.append(UnownedJob(job))
  }

  /// Runs `body` to its end, letting time jump from sleeper to sleeper.
  func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let result = Locked<Result<Value, any Error>?>(nil)
    Task.detached(executorPreference: self) {
      let value: Result<Value, any Error>
      do { value = .success(try await body()) } catch { value = .failure(error) }
      result.withLock { $0 = value }
    }
    while true {
      drain()
      if let result = result.withLock({ $0 }) { return try result.get() }
      guard let next = sleepers.min(by: { ($0.due, $0.number) < ($1.due, $1.number) }) else {
        preconditionFailure("the code under test waits for something that nobody will bring")
      }
      sleepers.removeAll { $0.number == next.number }
      now = max(now, next.due)
      next.continuation.resume()
    }
  }

  private func drain() {
    while !jobs.isEmpty {
      jobs.removeFirst().runSynchronously(on: asUnownedTaskExecutor())
    }
  }

  fileprivate func sleep(until due: Int64) async throws {
    lastNumber += 1
    let number = lastNumber
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if Task.isCancelled || due <= now { return continuation.resume() }
        sleepers.append(Sleeper(due: due, number: number, continuation: continuation))
      }
    } onCancel: {
      guard let index = sleepers.firstIndex(where: { $0.number == number }) else { return }
      sleepers.remove(at: index).continuation.resume()
    }
    try Task.checkCancellation()
  }
}

struct VirtualClock: Clock {
  struct Instant: InstantProtocol {
    let nanoseconds: Int64

    func advanced(by duration: Duration) -> Instant {
      Instant(nanoseconds: nanoseconds + Int64(duration / .nanoseconds(1)))
    }

    func duration(to other: Instant) -> Duration { .nanoseconds(other.nanoseconds - nanoseconds) }

    static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
  }

  let time: VirtualTime
  var now: Instant { Instant(nanoseconds: time.now) }
  var minimumResolution: Duration { .nanoseconds(1) }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    try await time.sleep(until: deadline.nanoseconds)
  }
}

/// What the code under test did, in order.
final class Journal<Entry: Sendable>: Sendable {
  private let state = Locked<[Entry]>([])
  func add(_ entry: Entry) { state.withLock { $0.append(entry) } }
  var entries: [Entry] { state.withLock { $0 } }
  func take() -> [Entry] {
    state.withLock { entries in
      defer { entries = [] }
      return entries
    }
  }
}

struct Failed: Error, Equatable { var number = 0 }

extension Int64 {
  static func milliseconds(_ count: Int64) -> Int64 { count * 1_000_000 }
  static func seconds(_ count: Int64) -> Int64 { count * 1_000_000_000 }
}
