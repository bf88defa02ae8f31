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

  var isEmpty: Bool { heap.isEmpty }
  var first: VirtualTimer? { heap.first?.timer }

  mutating func push(_ timer: VirtualTimer) {
    count += 1
    timer.sequence = count
    let entry = (due: timer.due, sequence: count, timer: timer)
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

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    left.due != right.due ? left.due < right.due : left.sequence < right.sequence
  }
}
