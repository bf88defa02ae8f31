import Testing

@testable import Operations

/// The log is looked through in slices, and the answer is the same as at once.
@Suite struct LogSearchTests {
  private func book(_ count: Int, capacity: Int = 30_000) -> LogBook {
    let book = LogBook(capacity: capacity)
    write(0..<count, to: book)
    return book
  }

  private func write(_ numbers: Range<Int>, to book: LogBook) {
    for number in numbers {
      book.write(
        LogLine(
          time: Int64(number), level: number % 100 == 0 ? .error : .info, service: "order", instance: "order-1",
          message: number % 1_000 == 7 ? "a needle" : "hay \(number)"))
    }
  }

  /// Looks on until there is no more to look at; each time for one slice.
  private func finish(_ search: inout LogSearch, in book: LogBook) -> Int {
    var rounds = 0
    repeat {
      search.lookOn(in: book, takesNewer: false) { true }
      rounds += 1
    } while !search.answer.progress.isComplete && rounds < 1_000
    return rounds
  }

  @Test func aSliceAtATime() {
    let book = book(25_000)
    var search = LogSearch(LogFilter(text: "needle"), limit: 20_000, in: book)
    search.lookOn(in: book, takesNewer: false) { true }
    #expect(!search.answer.progress.isComplete)
    #expect(search.answer.progress.searched == 512 && search.answer.progress.kept == 25_000)
    #expect(finish(&search, in: book) > 40)
    #expect(search.answer.lines == book.lines(LogFilter(text: "needle"), limit: 20_000))
    #expect(search.answer.progress.searched == 25_000)
  }

  @Test func itEndsWhereEnoughIsFound() {
    let book = book(25_000)
    var search = LogSearch(LogFilter(), limit: 1_000, in: book)
    #expect(finish(&search, in: book) == 2)
    #expect(search.answer.lines.map(\.time) == Array(24_000..<25_000))
    #expect(search.answer.progress.searched < 2_000)
  }

  @Test func whatComesMeanwhileIsFoundToo() {
    let book = book(2_000)
    var search = LogSearch(LogFilter(text: "needle"), limit: 3, in: book)
    _ = finish(&search, in: book)
    #expect(search.answer.lines.map(\.time) == [7, 1_007])
    write(2_000..<4_500, to: book)
    search.lookOn(in: book, takesNewer: true) { false }
    #expect(search.answer.lines.map(\.time) == [2_007, 3_007, 4_007])
  }

  /// Lines that went out of the log before anybody looked are not waited for.
  @Test func linesThatAreGone() {
    let book = book(900, capacity: 1_000)
    var search = LogSearch(LogFilter(text: "needle"), limit: 9, in: book)
    write(900..<9_000, to: book)
    search.lookOn(in: book, takesNewer: true) { false }
    #expect(search.answer.progress.isComplete)
    #expect(search.answer.lines == book.lines(LogFilter(text: "needle"), limit: 9))
  }

  @Test func untilAMomentNothingNewerIsTaken() {
    let book = book(2_000)
    var search = LogSearch(LogFilter(text: "needle", until: 500), limit: 9, in: book)
    _ = finish(&search, in: book)
    write(2_000..<3_000, to: book)
    search.lookOn(in: book, takesNewer: true) { false }
    #expect(search.answer.lines.map(\.time) == [7])
  }

  @Test func twoLogsAreReadAsOne() {
    func answer(_ times: [Int64], _ service: String, isComplete: Bool = true) -> LogAnswer {
      var progress = LogProgress()
      (progress.searched, progress.kept, progress.isComplete) = (times.count, 10, isComplete)
      return LogAnswer(
        times.map { LogLine(time: $0, level: .info, service: service, instance: "", message: "") }, progress: progress)
    }
    // What was written later than its time says keeps its place among those of its own log.
    let (left, right) = (answer([1, 7, 4, 8], "a"), answer([2, 5, 9], "b", isComplete: false))
    let joined = left.joined(with: right, limit: 100)
    #expect(joined.lines.map(\.time) == [1, 2, 7, 4, 5, 8, 9])
    #expect(joined.progress.searched == 7 && joined.progress.kept == 20 && !joined.progress.isComplete)
    #expect(left.joined(with: right, limit: 3).lines.map(\.time) == [5, 8, 9])
    #expect(left.joined(with: LogAnswer(), limit: 9).lines == left.lines)
    #expect(LogAnswer().joined(with: left, limit: 9).lines == left.lines)
  }

  @Test func linesByTheirNumbers() {
    let book = book(25, capacity: 10)
    #expect(book.numbers == 15..<25)
    #expect(book.lines(0..<17).map(\.time) == [15, 16])
    #expect(book.lines(20..<99).map(\.time) == [20, 21, 22, 23, 24])
    #expect(book.lines(0..<3).isEmpty)
  }
}
