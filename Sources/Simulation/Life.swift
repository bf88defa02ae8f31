/// A port was used by an instance that is no more.
public struct InstanceCrashed: Error {
  public init() {}
}

/// One life of one instance: from its start to its crash. Every port to the world asks it before it does anything, so
/// that no `catch` and no `defer` of a dead instance has an effect. A whole world has one, too, for who is no instance.
public final class Life: @unchecked Sendable {
  public private(set) var isOver = false
  private let time: VirtualTime
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var order: [Int] = []
  private var count = 0
  private var onEnd: [() -> Void] = []
  /// Tasks that have not come to their end, those of a life that is over included.
  private var running = 0
  private var onLeft: [() -> Void] = []

  public init(on time: VirtualTime) {
    self.time = time
  }

  /// Starts a task that ends with this life at the latest.
  public func spawn(_ body: @escaping @Sendable () async -> Void) {
    guard !isOver else { return }
    count += 1
    running += 1
    let id = count
    tasks[id] = time.spawn {
      await body()
      self.finished(id)
    }
    order.append(id)
    if order.count > 64, order.count > 2 * tasks.count { order.removeAll { tasks[$0] == nil } }
  }

  private func finished(_ id: Int) {
    tasks[id] = nil
    running -= 1
    leaveIfDone()
  }

  public func check() throws(InstanceCrashed) {
    if isOver { throw InstanceCrashed() }
  }

  /// Called once when this life ends, in the order in which they were given.
  public func whenOver(_ action: @escaping () -> Void) {
    onEnd.append(action)
  }

  /// Called once, when this life is over and the last of its tasks has come to its end, in the order in which they were
  /// given; at once when that is so already. From then on nobody uses what belonged to it.
  public func whenLeft(_ action: @escaping () -> Void) {
    onLeft.append(action)
    leaveIfDone()
  }

  private func leaveIfDone() {
    guard isOver, running == 0, !onLeft.isEmpty else { return }
    let actions = onLeft
    onLeft = []
    for action in actions { action() }
  }

  /// The crash: fences every port first, then cancels what runs.
  public func end() {
    guard !isOver else { return }
    isOver = true
    for action in onEnd { action() }
    onEnd = []
    for id in order { tasks[id]?.cancel() }
    tasks = [:]
    order = []
    leaveIfDone()
  }
}
