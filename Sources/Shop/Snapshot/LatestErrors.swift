internal import Operations

/// The newest warnings and errors of each service; what business turned back is none. The log is read on from where it was
/// read to, as looking through all of it for each service costs more than all the rest of a picture.
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
  func errors(of service: String) -> [ServiceErrorLine] {
    (newest[service] ?? []).reversed().compactMap { line in
      line.gtxid.map { ServiceErrorLine(time: line.time, gtxid: $0, message: line.message) }
    }
  }
}
