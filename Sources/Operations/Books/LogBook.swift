internal import Concurrency

/// The central log: the newest lines, a bounded number of them. Safe from any thread.
public final class LogBook: Sendable {
  private struct State {
    /// A ring: the oldest line stands at `start` once it is full.
    var lines: [LogLine] = []
    var start = 0
    var written: UInt64 = 0
  }

  private let state = Locked(State())
  private let capacity: Int

  public init(capacity: Int) {
    precondition(capacity > 0, "a log keeps one line at least")
    self.capacity = capacity
  }

  public func write(_ line: LogLine) {
    state.withLock { state in
      state.written += 1
      guard state.lines.count == capacity else { return state.lines.append(line) }
      state.lines[state.start] = line
      state.start = (state.start + 1) % capacity
    }
  }

  /// How many lines were ever written.
  public var written: UInt64 { state.withLock { $0.written } }

  /// The newest lines that `filter` lets through, oldest first, at most `limit`.
  public func lines(_ filter: LogFilter, limit: Int) -> [LogLine] {
    let match = LogMatch(filter)
    return state.withLock { state in
      var found: [LogLine] = []
      let count = state.lines.count
      for age in 0..<count where found.count < limit {
        let line = state.lines[(state.start + count - 1 - age) % count]
        if match.lets(through: line) { found.append(line) }
      }
      return found.reversed()
    }
  }

  /// The numbers of the lines that are kept: the first that was ever written has 0.
  public var numbers: Range<UInt64> {
    state.withLock { $0.written - UInt64($0.lines.count)..<$0.written }
  }

  /// The lines with these numbers, as far as they are kept.
  public func lines(_ numbers: Range<UInt64>) -> [LogLine] {
    state.withLock { state in
      let count = state.lines.count
      let first = state.written - UInt64(count)
      let wanted = numbers.clamped(to: first..<state.written)
      return wanted.map { state.lines[(state.start + Int($0 - first)) % count] }
    }
  }
}
