internal import Concurrency

/// The central log: the newest lines, as many as two bounds let it keep. Safe from any thread.
public final class LogBook: Sendable {
  private struct State {
    var lines: LogRing
    var written: UInt64 = 0
  }

  private let state: Locked<State>

  /// - Parameters:
  ///   - capacity: lines that are kept at most.
  ///   - bytes: bytes that they take at most, with their names and texts and the places that are free for more. The newest
  ///     line is kept however long it is.
  public init(capacity: Int, bytes: Int = LogBook.usualBytes) {
    precondition(capacity > 0, "a log keeps one line at least")
    state = Locked(State(lines: LogRing(capacity: capacity, limit: bytes)))
  }

  public static let usualBytes = 32_000_000

  public func write(_ line: LogLine) {
    state.withLock { state in
      state.written += 1
      state.lines.append(line)
    }
  }

  /// How many lines were ever written.
  public var written: UInt64 { state.withLock { $0.written } }

  /// How many of them were forgotten, because there were too many, or they were too long.
  public var forgotten: UInt64 { numbers.lowerBound }

  /// Bytes that the lines that are kept take, with the places that are free for more.
  public var bytes: Int { state.withLock { $0.lines.bytes } }

  public var statistics: LogStatistics {
    state.withLock { state in
      LogStatistics(
        lines: state.lines.count, bytes: state.lines.bytes, forgotten: Int(clamping: state.written) - state.lines.count)
    }
  }

  /// The newest lines that `filter` lets through, oldest first, at most `limit`.
  public func lines(_ filter: LogFilter, limit: Int) -> [LogLine] {
    let match = LogMatch(filter)
    return state.withLock { state in
      var found: [LogLine] = []
      let count = state.lines.count
      for age in 0..<count where found.count < limit {
        let line = state.lines[count - 1 - age]
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
      let first = state.written - UInt64(state.lines.count)
      let wanted = numbers.clamped(to: first..<state.written)
      return wanted.map { state.lines[Int($0 - first)] }
    }
  }
}

/// What a log keeps.
public struct LogStatistics: Sendable, Equatable, Codable {
  /// Kept now.
  public var lines: Int
  /// That they take.
  public var bytes: Int
  /// Written, and no longer kept.
  public var forgotten: Int

  public init(lines: Int = 0, bytes: Int = 0, forgotten: Int = 0) {
    (self.lines, self.bytes, self.forgotten) = (lines, bytes, forgotten)
  }
}
