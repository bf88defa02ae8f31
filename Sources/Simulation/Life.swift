/// A port was used by an instance that is no more.
public struct InstanceCrashed: Error {
  public init() {}
}

/// One life of one instance: from its start to its crash. Every port to the world asks it before it does anything, so
/// that no `catch` and no `defer` of a dead instance has an effect.
public final class Life: @unchecked Sendable {
  public private(set) var isOver = false
  private let time: VirtualTime
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var order: [Int] = []
  private var count = 0
  private var onEnd: [() -> Void] = []

  public init(on time: VirtualTime) {
    self.time = time
  }

  /// Starts a task that ends with this life at the latest.
  public func spawn(_ body: @escaping @Sendable () async -> Void) {
    guard !isOver else { return }
    count += 1
    let id = count
    tasks[id] = time.spawn {
      await body()
      self.tasks[id] = nil
    }
    order.append(id)
    if order.count > 64, order.count > 2 * tasks.count { order.removeAll { tasks[$0] == nil } }
  }

  public func check() throws(InstanceCrashed) {
    if isOver { throw InstanceCrashed() }
  }

  /// Called once when this life ends, in the order in which they were given.
  public func whenOver(_ action: @escaping () -> Void) {
    onEnd.append(action)
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
  }
}
