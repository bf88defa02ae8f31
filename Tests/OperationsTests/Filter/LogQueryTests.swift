import TestSupport
import Testing
import TraceModel

@testable import Operations

/// The language that is typed after `/` on the log.
@Suite struct LogQueryTests {
  private func parse(_ text: String) -> [LogQuery.Term]? { (try? LogQuery(parsing: text))?.terms }

  private func problem(_ text: String) -> String? {
    do throws(LogQueryError) {
      _ = try LogQuery(parsing: text)
      return nil
    } catch {
      return error.description
    }
  }

  @Test func terms() {
    #expect(parse("") == [])
    #expect(parse("  time-out   retry ") == [LogQuery.Term(.word("time-out")), LogQuery.Term(.word("retry"))])
    #expect(
      parse("\"not charged\" -retry") == [
        LogQuery.Term(.word("not charged")), LogQuery.Term(.word("retry"), isWanted: false),
      ])
    #expect(
      parse("level>=warn LEVEL=err") == [
        LogQuery.Term(.level(.atLeast, .warn)), LogQuery.Term(.level(.equals, .error)),
      ])
    #expect(
      parse("svc=payment,order -inst=payment-2") == [
        LogQuery.Term(.service(["payment", "order"])), LogQuery.Term(.instance(["payment-2"]), isWanted: false),
      ])
    #expect(
      parse("gtxid=8F3A #4 hop=12 text=\"a b\"") == [
        LogQuery.Term(.gtxid("8f3a")), LogQuery.Term(.hop(4)), LogQuery.Term(.hop(12)), LogQuery.Term(.text("a b")),
      ])
    #expect(parse("a - b") == [LogQuery.Term(.word("a")), LogQuery.Term(.word("-")), LogQuery.Term(.word("b"))])
    #expect(parse("#") == [LogQuery.Term(.word("#"))])
    #expect(parse("\"a=b \\\" c\"") == [LogQuery.Term(.word("a=b \" c"))])
    #expect(parse("svc=\"a, b\",c") == [LogQuery.Term(.service(["a, b", "c"]))])
  }

  @Test(arguments: [
    ("level>=loud", "at 8: no level \"loud\"; there are debug, info, warn, error"),
    ("level", nil),
    ("level>=", "at 8: level needs a value, such as level>=warn"),
    ("level=>warn", "at 1: \"level=>\" means nothing here; in quotes it is looked for as it stands"),
    (
      "user=kim",
      "at 1: unknown word \"user\"; there are level svc inst gtxid hop text; in quotes it is looked for as it stands"
    ),
    ("svc>payment", "at 1: svc takes = alone: svc=payment, or -svc=payment for all others"),
    ("a gtxid=xyz", "at 9: \"xyz\" begins no GTXID; say 1 to 32 hexadecimal digits"),
    ("#4a", "at 1: \"#4a\" is no hop; say #4"),
    ("hop=-1", "at 5: \"-1\" is no hop; say hop=4"),
    ("a \"b c", "at 3: this quotation mark is not closed"),
    ("a\"b\"", "at 2: a quotation begins in the middle of a word; leave a blank before it"),
    ("=a", "at 1: \"=\" means nothing here; in quotes it is looked for as it stands"),
  ])
  func mistakesAreSaid(text: String, sentence: String?) {
    #expect(problem(text) == sentence)
  }

  /// Whatever is typed is read or refused, and what is read finds no more than it says.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func anythingTyped(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = ["level", ">=", "=", "\"", "-", "#", "svc", " ", "4", "warn", ",", "한글", "\\", "gtxid", "!"]
    for _ in 0..<200 {
      let text = (0..<random.below(8)).map { _ in random.pick(pieces) }.joined()
      let sentence = problem(text)
      #expect(sentence == nil || sentence?.hasPrefix("at ") == true, "seed \(seed): \(text)")
      _ = LogMatch(LogFilter(text: text)).lets(through: line("한글 warn"))
    }
  }

  private func line(
    _ message: String, _ level: LogLine.Level = .info, service: String = "payment", hop: UInt32 = 4
  ) -> LogLine {
    LogLine(
      time: 0, level: level, service: service, instance: "\(service)-2",
      gtxid: GTXID(high: 0x8f3a << 48, low: 1), ltxid: LTXID(hop), message: message)
  }

  @Test(arguments: [
    ("CHARGED", true), ("charged -not", false), ("\"not charged\"", true), ("PAYMENT-2", true), ("text=payment", false),
    ("level>=warn", true), ("level>warn", false), ("level<=warn", true), ("level!=info", true), ("level<debug", false),
    ("svc=order,Payment", true), ("-svc=payment", false), ("inst=payment-2", true), ("inst=payment", false),
    ("gtxid=8f3a", true), ("gtxid=8f3b", false), ("#4", true), ("hop=5", false), ("시간", true), ("\"초과 1\"", false),
    ("not charged level=warn svc=payment #4", true),
  ])
  func matching(text: String, isLetThrough: Bool) {
    let line = line("Not charged: 응답 시간 초과", .warn)
    #expect(LogMatch(LogFilter(text: text)).lets(through: line) == isLetThrough)
  }

  @Test func theFiltersOwnFieldsHoldToo() {
    let line = line("a", .warn)
    #expect(!LogMatch(LogFilter(atLeast: .error, text: "a")).lets(through: line))
    #expect(!LogMatch(LogFilter(service: "order", text: "a")).lets(through: line))
    #expect(!LogMatch(LogFilter(text: "a", until: -1)).lets(through: line))
  }

  @Test(arguments: ["payment", "a b", "a,b", "a\"b\\c", "", "결제"])
  func namesSurviveQuoting(name: String) {
    #expect(parse("svc=" + LogQuery.quoted(name) + ",x") == [LogQuery.Term(.service([name, "x"]))] || name.isEmpty)
  }
}
