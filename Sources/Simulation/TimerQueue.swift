/// A moment at which something goes on. Stays on the simulation's thread, which is what makes it safe to share.
final class VirtualTimer: @unchecked Sendable {
  enum Action {
    case resume(UnsafeContinuation<Void, Never>)
    case call(() -> Void)

    func run() {
      switch self {
      case .resume(let continuation): continuation.resume()
      case .call(let action): action()
      }
    }
  }

  let due: Int64
  var sequence: UInt64 = 0
  var isCancelled = false
  /// Nil once it was taken or called off.
  var action: Action?

  init(due: Int64) {
    self.due = due
  }

  func take() -> Action? {
    defer { action = nil }
    return action
  }
}

/// Timers by the time they are due; those due at the same time in the order they were set.
struct TimerQueue {
  /// The times stand beside the timers, so that comparing two touches no object.
  private typealias Entry = (due: Int64, sequence: UInt64, timer: VirtualTimer)

  /// A binary heap.
  private var heap: [Entry] = []
  private var count: UInt64 = 0
  /// At how many timers it is time to drop those that were called off.
  private var limit = 1024

  var isEmpty: Bool { heap.isEmpty }
  var first: VirtualTimer? { heap.first?.timer }

  /// How many timers are held, those included that were called off and not dropped yet.
  var size: Int { heap.count }

  mutating func push(_ timer: VirtualTimer) {
    if heap.count >= limit { dropCancelled() }
    count += 1
    timer.sequence = count
    insert((timer.due, count, timer))
  }

  private mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var hole = heap.count - 1
    while hole > 0, Self.isBefore(entry, heap[(hole - 1) / 2]) {
      heap[hole] = heap[(hole - 1) / 2]
      hole = (hole - 1) / 2
    }
    heap[hole] = entry
  }

  mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    var hole = 0
    while 2 * hole + 1 < heap.count {
      var child = 2 * hole + 1
      if child + 1 < heap.count, Self.isBefore(heap[child + 1], heap[child]) { child += 1 }
      guard Self.isBefore(heap[child], last) else { break }
      heap[hole] = heap[child]
      hole = child
    }
    heap[hole] = last
  }

  /// A wait of an hour that ended after a millisecond would stand here for the hour. Which timer fires when stays as it
  /// is: that is told by their times and numbers alone.
  private mutating func dropCancelled() {
    let alive = heap.filter { $0.timer.action != nil }
    heap.removeAll(keepingCapacity: true)
    for entry in alive { insert(entry) }
    limit = max(1024, 2 * heap.count)
  }

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    left.due != right.due ? left.due < right.due : left.sequence < right.sequence
  }
}
