import Operations
import TestSupport
import Testing
import TraceCollector
import TraceModel

/// What a filter finds in a store is what it says, however much of the answer stands in the spans and how much in rows.
@Suite struct TransactionSearchTests {
  private static let epoch: Int64 = 1_760_000_000_000_000_000
  private static let texts = [
    "err", "not err", "svc=pay", "svc!=pay", "op~charge", "op!~charge", "dur>3ms", "dur<=2ms", "hops>1", "errors=0",
    "user=kim", "kind=checkout", "kind~get", "error~late", "status=ok", "status=error", "status!=ok", "status=stuck",
    "gtxid=0000", "@retry", "http.status=500", "http.status>=404", "@http.status!=200", "@note~재고", "external",
    "overdue",
  ]

  private struct Held {
    var store = TraceStore(budget: 4_000_000)
    var spans: [GTXID: [TraceSpan]] = [:]
  }

  private func held(_ generator: inout SeededGenerator) -> Held {
    var held = Held()
    for number in 1...300 as ClosedRange<UInt64> {
      let gtxid = GTXID(high: 0, low: number)!
      held.spans[gtxid] = (1...UInt64.random(in: 1...4, using: &generator)).map { place in
        span(place, in: gtxid, &generator)
      }
      held.store.add(held.spans[gtxid] ?? [], now: Self.epoch)
    }
    return held
  }

  private func span(_ place: UInt64, in gtxid: GTXID, _ generator: inout SeededGenerator) -> TraceSpan {
    func one<Element>(_ of: [Element]) -> Element { of.randomElement(using: &generator)! }
    var span = TraceSpan(
      gtxid: gtxid, id: SpanID(place)!, parent: place == 1 ? nil : SpanID(1), kind: .server,
      service: one(["pay", "Stock", "gateway"]), operation: one(["charge card", "reserve", "GET /"]), start: Self.epoch,
      duration: 1_000_000 * Int64.random(in: 0...5, using: &generator))
    if one([true, false, false]) { (span.status, span.message) = (.error, one(["too late", ""])) }
    span.attributes = [SpanAttribute("http.status", .integer(one([200, 404, 500])))]
    if one([true, false]) { span.attributes.append(SpanAttribute("retry", .boolean(true))) }
    if one([true, false]) { span.attributes.append(SpanAttribute("note", "재고 부족")) }
    if place == 1, one([true, false]) { span.attributes.append(SpanAttribute("transaction.kind", "checkout")) }
    if place == 1, one([true, false]) { span.attributes.append(SpanAttribute("enduser.id", "Kim")) }
    return span
  }

  private func text(_ generator: inout SeededGenerator, depth: Int = 0) -> String {
    let parts = (0..<2).map { _ in
      depth < 2 && Bool.random(using: &generator)
        ? text(&generator, depth: depth + 1) : Self.texts.randomElement(using: &generator)!
    }
    switch Int.random(in: 0...3, using: &generator) {
    case 0: return parts[0]
    case 1: return "(\(parts[0]) or \(parts[1]))"
    case 2: return "not (\(parts[0]) \(parts[1]))"
    default: return "(\(parts[0]) and \(parts[1]))"
    }
  }

  /// The same said of spans and rows as a person sees them.
  private func isWanted(_ expression: TransactionFilter.Expression, _ row: TransactionSummary, _ spans: [TraceSpan])
    -> Bool
  {
    switch expression {
    case .everything: true
    case .not(let inner): !isWanted(inner, row, spans)
    case .all(let parts): parts.allSatisfy { isWanted($0, row, spans) }
    case .any(let parts): parts.contains { isWanted($0, row, spans) }
    case .condition(.text(.operation, let match, let value)): Self.isLike(match, value, spans.map(\.operation))
    case .condition(.attribute(let name, let test)):
      Self.isLike(test, spans.flatMap(\.attributes).filter { $0.name == name }.map(\.value.description))
    case .condition: TransactionFilter(expression).verdict(row) ?? false
    }
  }

  private static func isLike(_ match: TransactionFilter.Match, _ value: String, _ texts: [String]) -> Bool {
    let isEqual = texts.contains { $0.lowercased() == value.lowercased() }
    let isPart = texts.contains { $0.lowercased().contains(value.lowercased()) }
    return switch match {
    case .equals: isEqual
    case .differs: !isEqual
    case .contains: isPart
    case .lacks: !isPart
    }
  }

  private static func isLike(_ test: TransactionFilter.AttributeTest, _ values: [String]) -> Bool {
    switch test {
    case .isThere: !values.isEmpty
    case .text(let match, let value): isLike(match, value, values)
    case .number(.atLeast, let limit): values.contains { Double($0).map { $0 >= limit } ?? false }
    case .number: preconditionFailure("only >= is asked here")
    }
  }

  /// As in a simulation: the system knows more of a transaction than its spans do.
  private func told(_ trace: TraceSummary) -> TransactionSummary {
    var row = TransactionSummary(trace, now: Self.epoch)
    if trace.gtxid.low % 3 == 0 { (row.state, row.isOverdue) = (.stuck, trace.gtxid.low % 2 == 0) }
    if trace.gtxid.low % 5 == 0 { (row.duration, row.user, row.isExternal) = (9_000_000, "lee", false) }
    return row
  }

  private func unknown(_ text: String, in store: TraceStore) throws -> [UnknownAttribute] {
    let question = TransactionQuestion(try TransactionFilter(parsing: text))
    var search = TransactionSearch(question, limit: 10, spansAreAll: true)
    let row: TransactionSearch.Row = { TransactionSummary($0, now: Self.epoch) }
    search.lookOn(in: store, takesNewer: false, row: row) { false }
    return search.answer(row: row).unknownAttributes
  }

  /// What nothing has cannot match, and may be mistyped.
  @Test func attributesThatNoSpanHasAreNamed() throws {
    let store = TraceStore(budget: 4_000_000)
    var span = TraceSpan(
      gtxid: GTXID(high: 0, low: 1)!, id: SpanID(1)!, parent: nil, kind: .server, service: "pay", operation: "charge",
      start: Self.epoch, duration: 1_000_000)
    span.attributes = [SpanAttribute("http.status", .integer(200)), SpanAttribute("retry", .boolean(true))]
    store.add([span], now: Self.epoch)
    #expect(try unknown("@nosuch=1", in: store) == [UnknownAttribute("nosuch")])
    #expect(try unknown("http.statos=1", in: store) == [UnknownAttribute("http.statos", nearest: ["http.status"])])
    #expect(try unknown("@status=1", in: store) == [UnknownAttribute("status", nearest: ["http.status"])])
    #expect(try unknown("@retry and (@nosuch=1 or not @other)", in: store).isEmpty, "that there is none holds of all")
    #expect(try unknown("http.status=999", in: store).isEmpty, "there is such an attribute")
    #expect(try unknown("@nosuch!=1 dur>9h", in: store).isEmpty, "what lacks it is let through")
    #expect(try unknown("not @nosuch=1 dur>9h", in: store).isEmpty)
    #expect(try unknown("(@nosuch=1 or @other) dur>9h", in: store).isEmpty, "either could be the one that is meant")
    #expect(try unknown("@nosuch=1 dur>9h", in: store) == [UnknownAttribute("nosuch")])
    #expect(try unknown("http.status=200", in: store).isEmpty)
  }

  @Test func ofTwoPlacesBothMustLackIt() {
    var (one, other) = (TransactionAnswer(), TransactionAnswer())
    one.unknownAttributes = [UnknownAttribute("a.b", nearest: ["a.c"]), UnknownAttribute("x.y")]
    other.unknownAttributes = [UnknownAttribute("a.b", nearest: ["a.d", "a.c"])]
    #expect(one.joined(with: other, limit: 5).unknownAttributes == [UnknownAttribute("a.b", nearest: ["a.c", "a.d"])])
  }

  @Test(arguments: 1...30) func findsWhatTheFilterSays(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let held = held(&generator)
    var told = 0
    for round in 0..<60 {
      let filter = try TransactionFilter(parsing: text(&generator))
      let spansAreAll = round % 2 == 0
      let row: TransactionSearch.Row = { spansAreAll ? TransactionSummary($0, now: Self.epoch) : self.told($0) }
      var search = TransactionSearch(TransactionQuestion(filter), limit: 1_000, spansAreAll: spansAreAll)
      search.lookOn(in: held.store, takesNewer: false, row: row) { false }
      let wanted = held.store.summaries(newest: 1_000).map(row)
        .filter { isWanted(filter.expression, $0, held.spans[$0.gtxid] ?? []) }
      #expect(search.answer(row: row).rows.map(\.gtxid) == wanted.map(\.gtxid), "seed \(seed): \(filter)")
      told += wanted.isEmpty || wanted.count == 300 ? 0 : 1
    }
    #expect(told > 20, "seed \(seed): filters that tell transactions apart")
  }

  @Test func saysHowFarItHasLooked() throws {
    var generator = SeededGenerator(seed: 1)
    let held = held(&generator)
    var search = TransactionSearch(
      TransactionQuestion(try TransactionFilter(parsing: "svc=pay")), limit: 4, spansAreAll: true)
    search.lookOn(in: held.store, takesNewer: false, row: told) { false }
    let answer = search.answer(row: told)
    #expect(answer.rows.count == 4 && answer.isFull && answer.isComplete && answer.held == 300)
    #expect(answer.searched < 300)
    var both = TransactionAnswer(answer.rows).joined(with: answer, limit: 6)
    #expect(both.rows.count == 6 && both.isFull && both.held == 300)
    both.isComplete = false
    #expect(!both.joined(with: answer, limit: 100).isComplete)
  }
}
