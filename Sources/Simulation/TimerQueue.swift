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
  /// A binary heap. The times stand beside the timers, so that comparing two touches no object.
  private var heap: [(due: Int64, sequence: UInt64, timer: VirtualTimer)] = []
  private var count: UInt64 = 0

  var isEmpty: Bool { heap.isEmpty }
  var first: VirtualTimer? { heap.first?.timer }

  mutating func push(_ timer: VirtualTimer) {
    count += 1
    timer.sequence = count
    heap.append((timer.due, count, timer))
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() {
    let last = heap.removeLast()
    guard !heap.isEmpty else { return }
    heap[0] = last
    var parent = 0
    while true {
      var least = parent
      if 2 * parent + 1 < heap.count, isBefore(2 * parent + 1, least) { least = 2 * parent + 1 }
      if 2 * parent + 2 < heap.count, isBefore(2 * parent + 2, least) { least = 2 * parent + 2 }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    heap[left].due != heap[right].due ? heap[left].due < heap[right].due : heap[left].sequence < heap[right].sequence
  }
}
