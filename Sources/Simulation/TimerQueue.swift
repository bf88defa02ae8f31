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
struct TimerQueue: ~Copyable {
  /// The times stand beside the timers, so that comparing two touches no object; and moving one counts no reference.
  private struct Entry {
    var due: Int64
    var sequence: UInt64
    /// Retained for as long as it stands here.
    var timer: Unmanaged<VirtualTimer>

    func isBefore(_ other: Entry) -> Bool {
      due != other.due ? due < other.due : sequence < other.sequence
    }
  }

  /// A heap of four children each: half as deep as a binary one, and the four stand side by side.
  private var heap: [Entry] = []
  private var count: UInt64 = 0
  /// At how many timers it is time to drop those that were called off.
  private var limit = 1024

  init() {}

  deinit {
    for entry in heap { entry.timer.release() }
  }

  var isEmpty: Bool { heap.isEmpty }
  var first: VirtualTimer? { heap.first?.timer.takeUnretainedValue() }

  /// How many timers are held, those included that were called off and not dropped yet.
  var size: Int { heap.count }

  mutating func push(_ timer: VirtualTimer) {
    if heap.count >= limit { dropCancelled() }
    count += 1
    insert(Entry(due: timer.due, sequence: count, timer: .passRetained(timer)))
  }

  private mutating func insert(_ entry: Entry) {
    heap.append(entry)
    heap.withUnsafeMutableBufferPointer { heap in
      var hole = heap.count - 1
      while hole > 0 {
        let parent = (hole - 1) / 4
        guard entry.isBefore(heap[parent]) else { break }
        heap[hole] = heap[parent]
        hole = parent
      }
      heap[hole] = entry
    }
  }

  /// Takes the first timer out; nil when there is none.
  mutating func popFirst() -> VirtualTimer? {
    guard let first = heap.first?.timer else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty { sink(last) }
    return first.takeRetainedValue()
  }

  /// Puts an entry in the place of the first one, and lets it down to where it belongs.
  private mutating func sink(_ entry: Entry) {
    heap.withUnsafeMutableBufferPointer { heap in
      var hole = 0
      while true {
        let first = 4 * hole + 1
        guard first < heap.count else { break }
        var child = first
        for other in first + 1..<min(first + 4, heap.count) where heap[other].isBefore(heap[child]) {
          child = other
        }
        guard heap[child].isBefore(entry) else { break }
        heap[hole] = heap[child]
        hole = child
      }
      heap[hole] = entry
    }
  }

  /// A wait of an hour that ended after a millisecond would stand here for the hour. Which timer fires when stays as it
  /// is: that is told by their times and numbers alone.
  private mutating func dropCancelled() {
    var alive: [Entry] = []
    for entry in heap {
      if entry.timer._withUnsafeGuaranteedRef({ $0.action != nil }) {
        alive.append(entry)
      } else {
        entry.timer.release()
      }
    }
    heap.removeAll(keepingCapacity: true)
    for entry in alive { insert(entry) }
    limit = max(1024, 2 * heap.count)
  }
}
