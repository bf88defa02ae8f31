import Operations
import TestSupport
import Testing
import TraceModel

@Suite struct BookTests {
  private func id(_ number: Int) throws -> GTXID { try #require(GTXID(high: 1, low: UInt64(number))) }

  private func summary(_ number: Int, _ state: TransactionState) throws -> TransactionSummary {
    TransactionSummary(gtxid: try id(number), kind: "checkout", state: state, start: Int64(number), duration: 0)
  }

  @Test func theNewestAreKeptAndThoseThatHaveNotEnded() throws {
    let book = TransactionBook(capacity: 8)
    book.begin(try summary(1, .running))
    for number in 2...40 { book.begin(try summary(number, .committed)) }
    #expect(book.newest(3).map(\.start) == [40, 39, 38])
    #expect(try book.entry(id(2)) == nil)
    #expect(book.entry(try id(5)) == nil)
    book.update(try id(1)) { $0.state = .stuck }
    #expect(book.entry(try id(1))?.state == .stuck)
    book.update(try id(1)) { $0.state = .compensated }
    for number in 41...80 { book.begin(try summary(number, .committed)) }
    #expect(book.entry(try id(1)) == nil)
  }

  @Test func whatIsUnknownIsNotChanged() throws {
    let book = TransactionBook(capacity: 2)
    book.update(try id(9)) { $0.state = .stuck }
    #expect(book.entry(try id(9)) == nil)
  }

  @Test func theLogKeepsTheNewestLinesAndFilters() throws {
    let log = LogBook(capacity: 4)
    for number in 1...6 {
      log.write(
        LogLine(
          time: Int64(number), level: number.isMultiple(of: 2) ? .error : .info, service: "order", instance: "order-1",
          gtxid: try id(number), message: "line \(number)"))
    }
    #expect(log.written == 6)
    #expect(log.lines(LogFilter(), limit: 9).map(\.time) == [3, 4, 5, 6])
    #expect(log.lines(LogFilter(), limit: 2).map(\.time) == [5, 6])
    #expect(log.lines(LogFilter(atLeast: .warn), limit: 9).map(\.time) == [4, 6])
    #expect(log.lines(LogFilter(gtxid: try id(5)), limit: 9).map(\.message) == ["line 5"])
    #expect(log.lines(LogFilter(text: "LINE 4", until: 5), limit: 9).map(\.time) == [4])
    #expect(log.lines(LogFilter(service: "payment"), limit: 9).isEmpty)
  }

  private func line(_ number: Int, length: Int) -> LogLine {
    LogLine(
      time: Int64(number), level: .info, service: "order", instance: "order-1",
      message: String(repeating: "x", count: length))
  }

  @Test func theLogForgetsTheOldestByTheirBytesToo() {
    let log = LogBook(capacity: 100, bytes: 10_000)
    for number in 0..<50 { log.write(line(number, length: 1_000)) }
    #expect(log.bytes <= 10_000 && log.bytes > 8_000)
    let kept = log.lines(LogFilter(), limit: 99).map(\.time)
    #expect(7...9 ~= kept.count && kept == Array(Int64(50 - kept.count)..<50))
    #expect(log.written == 50 && log.forgotten == UInt64(50 - kept.count) && log.numbers == log.forgotten..<50)
    // The newest is kept, however long it is.
    log.write(line(50, length: 50_000))
    #expect(log.lines(LogFilter(), limit: 99).map(\.time) == [50] && log.forgotten == 50)
    for number in 51..<61 { log.write(line(number, length: 10)) }
    #expect(log.lines(LogFilter(), limit: 99).map(\.time) == Array(51..<61) && log.bytes < 2_000)
  }

  /// Against the simplest thing that does the same.
  @Test(arguments: 1...5) func theLogKeepsTheNewestWhateverTheirLengths(seed: Int) throws {
    let one = LogBook(capacity: 1)
    one.write(line(0, length: 0))
    let log = LogBook(capacity: 40, bytes: 5_000)
    var (all, random) = ([LogLine](), SeededGenerator(seed: UInt64(seed)))
    func texts(_ lines: some Sequence<LogLine>) -> Int {
      lines.reduce(0) { $0 + ($1.message.utf8.count > 15 ? $1.message.utf8.count + 32 : 0) }
    }
    for number in 0..<1_000 {
      // Long and short ones come in turns, so that the number of them that fit goes up and down.
      let new = line(number, length: random.below(number / 100 % 2 == 0 ? 20 : 900))
      log.write(new)
      all.append(new)
      let count = log.statistics.lines
      let kept = all.suffix(count)
      try #require(log.lines(LogFilter(), limit: 99) == Array(kept) && log.lines(log.numbers) == Array(kept))
      try #require(log.forgotten == UInt64(all.count - count) && 1...40 ~= count)
      try #require(log.bytes >= count * one.bytes + texts(kept) && (log.bytes <= 5_000 || count == 1))
      // One more would not have found room, in a ring of which a quarter is in use.
      let places = max(16, 4 * (count + 1))
      #expect(count == 40 || count == all.count || places * one.bytes + texts(all.suffix(count + 1)) > 5_000)
    }
  }

  @Test func historyHoldsOneStateASecondAndFindsTheNearest() {
    let history = SnapshotHistory(span: 10_000_000_000)
    #expect(history.start == nil && history.nearest(to: 0) == nil)
    for tenth in 0...150 {
      history.add(
        SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: Int64(tenth) * 100_000_000))
    }
    #expect(history.start == 5_900_000_000)
    #expect(history.nearest(to: 7_350_000_000)?.time == 6_900_000_000)
    #expect(history.nearest(to: 0)?.time == 5_900_000_000)
    #expect(history.nearest(to: .max)?.time == 15_000_000_000)
    #expect(history.first(from: 7_350_000_000)?.time == 7_900_000_000)
    #expect(history.first(from: 7_900_000_000)?.time == 7_900_000_000)
    #expect(history.first(from: 0)?.time == 5_900_000_000)
    #expect(history.first(from: .max)?.time == 15_000_000_000)
  }

  @Test func aQuarterOfAnHourCostsWhatFiveMinutesWould() {
    let second: Int64 = 1_000_000_000
    let history = SnapshotHistory(span: 900 * second)
    for number in 0...2_000 {
      history.add(SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: Int64(number) * second))
    }
    #expect(history.count == 60 + 1 + 120 + 120)
    #expect(history.start == 1_100 * second)
    // How old what is shown may be, by its age.
    for (age, step) in [(0, 1), (1, 1), (59, 1), (90, 2), (299, 2), (400, 5), (899, 5)] as [(Int64, Int64)] {
      let wanted = (2_000 - age) * second
      let found = history.nearest(to: wanted)?.time ?? 0
      #expect(found <= wanted && wanted - found < step * second, "\(age) s ago")
    }
  }

  @Test func aLargeSystemReachesBackLessFar() {
    let second: Int64 = 1_000_000_000
    let history = SnapshotHistory(span: 900 * second, weight: 60)
    for number in 1...40 {
      var snapshot = SystemSnapshot(
        system: SystemIdentity(name: "shop", kind: .attached), time: Int64(number) * second)
      snapshot.services = (0..<10).map { ServiceSnapshot(name: "s\($0)") }
      history.add(snapshot)
      #expect(history.count == min(number, 6))
    }
    #expect(history.start == 35 * second && history.nearest(to: .max)?.time == 40 * second)
    var huge = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .attached), time: 41 * second)
    huge.services = (0..<100).map { ServiceSnapshot(name: "s\($0)") }
    history.add(huge)
    #expect(history.count == 1 && history.start == 41 * second, "the newest one stays, whatever it weighs")
  }

  @Test(arguments: [("10", Speed.paced(10)), ("×0.5", .paced(0.5)), ("x100", .paced(100)), ("MAX", .asFastAsItCan)])
  func speedsAreRead(text: String, expected: Speed) {
    #expect(Speed(text) == expected)
  }

  @Test(arguments: ["", "0", "0.05", "101", "fast", "nan", "-1"]) func otherSpeedsAreNot(text: String) {
    #expect(Speed(text) == nil)
  }
}
