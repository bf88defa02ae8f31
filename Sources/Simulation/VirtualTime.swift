// Simulation: ordinary async code in virtual time, on one thread, the same in every run with the same seed.
// It never looks at a wall clock, draws no unseeded random number, and knows nothing of a shop.

internal import CSimulationGuard
internal import Concurrency

/// One simulated world: one thread, virtual time, jobs in the order they were made.
///
/// Tasks started with ``spawn(_:)`` are ordinary async code. Time stands still while any of them can run, and jumps to
/// the next timer when none can. Everything here stays on the thread that calls ``run(until:)``, save
/// ``inject(_:)``, which any thread may call.
public final class VirtualTime: TaskExecutor, @unchecked Sendable {
  // What is unchecked here changes with every job and timer. No access to it holds on while other code runs, so that the
  // check for it at run time would find nothing, each time.

  /// Nanoseconds since the Unix epoch.
  @exclusivity(unchecked) public private(set) var now: Int64
  /// What ``now`` was at the start.
  public let start: Int64

  @exclusivity(unchecked) private var jobs: [(job: UnownedJob, isActors: Bool)] = []
  @exclusivity(unchecked) private var nextJob = 0
  @exclusivity(unchecked) private var timers = TimerQueue()
  private let actors = ActorExecutor()
  private var isRunning = false
  private var isOver = false
  private var waitsInVain = 0
  private let injected = Locked<[@Sendable () -> Void]>([])

  public init(startingAt start: Int64) {
    now = start
    self.start = start
    actors.time = self
    simulation_guard_install()
  }

  /// Nanoseconds since the start.
  public var elapsed: Int64 { now - start }

  /// True when nothing will ever happen again by itself.
  public var isIdle: Bool { timers.isEmpty && jobs.isEmpty }

  /// Starts a task: the only way to. It inherits no task-local value, as a process on another machine would not.
  @discardableResult
  public func spawn(_ body: @escaping @Sendable () async -> Void) -> Task<Void, Never> {
    Task.detached(executorPreference: self, operation: body)
  }

  /// Runs `body` on the simulation's thread before the next slice of time begins. From any thread.
  public func inject(_ body: @escaping @Sendable () -> Void) {
    injected.withLock { $0.append(body) }
  }

  /// Runs everything that is due up to and including `deadline`; then ``now`` is `deadline`.
  public func run(until deadline: Int64) {
    precondition(!isRunning, "a simulation runs on one thread at a time")
    precondition(!isOver, "no time goes by after the end")
    simulation_guard_enter()
    isRunning = true
    defer {
      isRunning = false
      simulation_guard_leave()
    }
    for body in injected.withLock({ bodies in swap(&bodies) }) { body() }
    repeat { runJobs() } while fireNextTimer(until: deadline)
    if deadline != .max { now = max(now, deadline) }
  }

  private func swap(_ bodies: inout [@Sendable () -> Void]) -> [@Sendable () -> Void] {
    let taken = bodies
    bodies = []
    return taken
  }

  private func runJobs() {
    let (serial, plain) = (asUnownedSerialExecutor(), asUnownedTaskExecutor())
    while nextJob < jobs.count {
      let (job, isActors) = jobs[nextJob]
      nextJob += 1
      // A job that belongs to no actor must not run as one of an actor's: each of its calls would come back as a new job.
      if isActors {
        job.runSynchronously(isolatedTo: serial, taskExecutor: plain)
      } else {
        job.runSynchronously(on: plain)
      }
      if nextJob > 4096 {
        jobs.removeFirst(nextJob)
        nextJob = 0
      }
    }
    jobs.removeAll(keepingCapacity: true)
    nextJob = 0
  }

  private func fireNextTimer(until deadline: Int64) -> Bool {
    while let next = timers.first, next.due <= deadline {
      _ = timers.popFirst()
      guard let action = next.take() else { continue }  // cancelled: it does not move the clock
      now = max(now, next.due)
      action.run()
      return true
    }
    return false
  }

  /// The end of all time, after which nothing can be run. What was to happen later never does. Who sleeps is woken with
  /// a `CancellationError`, who pauses is woken without, now and from now on, and every task goes on to its end. End the
  /// lives and cancel the tasks before: who waits for anything else is not woken by this.
  ///
  /// A suspended task keeps all that it knows, and so its world, for ever: this is how a world is let go.
  public func end() {
    precondition(!isRunning, "a simulation ends between two slices of its time")
    simulation_guard_enter()
    (isRunning, isOver) = (true, true)
    defer {
      isRunning = false
      simulation_guard_leave()
    }
    injected.withLock { $0 = [] }
    while let timer = timers.popFirst() {
      timer.isCancelled = true
      if case .resume(let continuation) = timer.take() { continuation.resume() }
    }
    runJobs()
  }

  /// True when there is nothing to wait for any more.
  private func isInVain() -> Bool {
    guard isOver else { return false }
    waitsInVain += 1
    precondition(waitsInVain < 10_000_000, "BUG: some task waits for ever after the end of time: it must ask its life")
    return true
  }

  // MARK: Executor

  public func enqueue(_ job: consuming ExecutorJob) {
    append(UnownedJob(job), isActors: false)
  }

  /// The executor for actors that live in this simulation.
  public func asUnownedSerialExecutor() -> UnownedSerialExecutor { actors.asUnownedSerialExecutor() }

  fileprivate func append(_ job: UnownedJob, isActors: Bool) {
    precondition(
      simulation_guard_is_inside() || !isRunning, "BUG: a job for the simulation from another thread; use inject")
    jobs.append((job, isActors))
  }

  fileprivate func checkThread() {
    precondition(simulation_guard_is_inside() || !isRunning, "this code belongs on the simulation's thread")
  }

  // MARK: Timers

  /// Waits `duration` nanoseconds of virtual time.
  public func sleep(for duration: Int64) async throws(CancellationError) {
    try await sleep(until: now + max(0, duration))
  }

  /// Waits until virtual time reaches `due`; throws as soon as the task is cancelled.
  public func sleep(until due: Int64) async throws(CancellationError) {
    if isInVain() { throw CancellationError() }
    let timer = VirtualTimer(due: due)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
        if timer.isCancelled { return continuation.resume() }
        timer.action = .resume(continuation)
        timers.push(timer)
      }
    } onCancel: {
      timer.isCancelled = true
      timer.take()?.run()
    }
    if timer.isCancelled { throw CancellationError() }
  }

  /// Waits `duration` nanoseconds of virtual time, even when the task is cancelled meanwhile: for the few milliseconds
  /// of a way over a wire, where being able to stop early costs more than the way. Check afterwards whether you live.
  public func pause(for duration: Int64) async {
    if isInVain() { return }
    let timer = VirtualTimer(due: now + max(0, duration))
    await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
      timer.action = .resume(continuation)
      timers.push(timer)
    }
  }

  /// Calls `action` after `duration` nanoseconds, on the simulation's thread. Cheaper than a task that sleeps.
  @discardableResult
  public func after(_ duration: Int64, _ action: @escaping () -> Void) -> Timeout {
    let timer = VirtualTimer(due: now + max(0, duration))
    if !isOver {
      timer.action = .call(action)
      timers.push(timer)
    }
    return Timeout(timer: timer)
  }
}

/// Something that ``VirtualTime/after(_:_:)`` will do, and that can be called off.
public struct Timeout: @unchecked Sendable {
  let timer: VirtualTimer

  public func cancel() { timer.action = nil }
}

/// The side of a simulation that actors see: their jobs stand in the same queue as all others.
private final class ActorExecutor: SerialExecutor, @unchecked Sendable {
  /// Set once, before any job is made; it owns this executor.
  unowned(unsafe) var time: VirtualTime?

  func enqueue(_ job: consuming ExecutorJob) {
    time?.append(UnownedJob(job), isActors: true)
  }

  func checkIsolated() { time?.checkThread() }
}
