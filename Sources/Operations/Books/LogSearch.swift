/// Looks through the log for the lines that a filter lets through, from the newest back, a slice at a time: it holds more
/// than should be looked at between two frames.
public struct LogSearch: Sendable {
  public let filter: LogFilter
  public let limit: Int
  private let match: LogMatch
  /// The number of the first line that was looked at, and of the one behind the last.
  private var low: UInt64
  private var high: UInt64
  /// The newest that were found, oldest first.
  private var lines: [LogLine] = []
  private var progress = LogProgress()

  /// So many lines are looked at between two looks at the clock.
  private static let chunk: UInt64 = 512

  public init(_ filter: LogFilter, limit: Int, in book: LogBook) {
    (self.filter, self.limit) = (filter, limit)
    match = LogMatch(filter)
    low = book.written
    high = low
  }

  /// Looks on, at what was written meanwhile first, then further back, until `isOver` or all was looked at.
  /// - Parameter takesNewer: false leaves what was written meanwhile alone.
  public mutating func lookOn(in book: LogBook, takesNewer: Bool, isOver: () -> Bool) {
    if takesNewer, filter.until == nil { takeNewer(in: book, isOver: isOver) }
    var older: [LogLine] = []
    var isFirst = true
    while lines.count + older.count < limit, low > book.numbers.lowerBound, isFirst || !isOver() {
      isFirst = false
      let start = max(book.numbers.lowerBound, low > Self.chunk ? low - Self.chunk : 0)
      for line in book.lines(start..<low).reversed() where match.lets(through: line) { older.append(line) }
      low = start
    }
    if !older.isEmpty { lines = older.prefix(limit - lines.count).reversed() + lines }
    note(book)
  }

  private mutating func takeNewer(in book: LogBook, isOver: () -> Bool) {
    let numbers = book.numbers
    // What was not looked at in time is gone.
    high = max(high, numbers.lowerBound)
    while high < numbers.upperBound {
      let end = min(numbers.upperBound, high + Self.chunk)
      lines += book.lines(high..<end).filter(match.lets)
      high = end
      if isOver() { break }
    }
    if lines.count > limit { lines.removeFirst(lines.count - limit) }
  }

  private mutating func note(_ book: LogBook) {
    let numbers = book.numbers
    progress.kept = Int(clamping: numbers.upperBound - numbers.lowerBound)
    progress.searched = Int(clamping: high - min(high, max(low, numbers.lowerBound)))
    progress.isComplete = lines.count >= limit || low <= numbers.lowerBound
  }

  public var answer: LogAnswer { LogAnswer(lines, progress: progress) }
}
