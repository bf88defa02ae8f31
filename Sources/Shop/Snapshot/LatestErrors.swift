internal import Operations

/// The newest errors of each service: what it logs as a warning or an error, and the calls and records whose handling
/// failed without a line of the log. What business turned back is none. The log is read on from where it was read to, as
/// looking through all of it for each service costs more than all the rest of a picture.
final class LatestErrors {
  private let book: LogBook
  private var position: UInt64 = 0
  /// Oldest first; for looking up only.
  private var newest: [String: [LogLine]] = [:]
  private static let kept = 8

  init(book: LogBook) {
    self.book = book
  }

  /// Takes in what was written since the last time.
  func read() {
    let end = book.numbers.upperBound
    guard end > position else { return }
    for line in book.lines(position..<end) where line.level >= .warn && !BusinessReason.isOne(line.message) {
      var lines = newest[line.service] ?? []
      if lines.count == Self.kept { lines.removeFirst() }
      newest[line.service] = lines + [line]
    }
    position = end
  }

  /// Newest first; what belongs to no transaction is left out.
  /// - Parameter failures: of its calls and records, newest first. Of those whose transaction stands in the log that says
  ///   more.
  func errors(of service: String, and failures: [ServiceErrorLine] = []) -> [ServiceErrorLine] {
    let logged = (newest[service] ?? []).reversed().compactMap { line in
      line.gtxid.map { ServiceErrorLine(time: line.time, gtxid: $0, message: line.message) }
    }
    let others = failures.filter { failure in
      !BusinessReason.isOne(failure.message) && !logged.contains { $0.gtxid == failure.gtxid }
    }
    guard !others.isEmpty else { return logged }
    let all = (logged + others).enumerated().sorted { left, right in
      left.element.time != right.element.time
        ? left.element.time > right.element.time : left.offset < right.offset
    }
    return all.prefix(Self.kept).map(\.element)
  }
}
