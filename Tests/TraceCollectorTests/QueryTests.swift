import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct QueryTests {
  private static let words = ["", "a", "Charge", "charge card", "재고 부족", "É", "200", "4.5", "sku-18"]

  private func store(_ seed: UInt64) -> (TraceStore, [GTXID: [TraceSpan]]) {
    var random = SeededGenerator(seed: seed)
    var settings = TraceStoreSettings(budget: 400_000)
    settings.hiddenKinds = ["health"]
    let store = TraceStore(settings)
    for number in 1...900 as ClosedRange<UInt64> {
      let spans = (1...UInt64.random(in: 1...6, using: &random)).map { place in
        span(
          place, in: number, under: place == 1 ? nil : 1, hop: UInt32(place), .server,
          "svc-\(UInt64.random(in: 0...4, using: &random))", Self.words.randomElement(using: &random) ?? "",
          from: 0, to: Int64.random(in: 0...20, using: &random), failed: random.chance(10),
          message: Self.words.randomElement(using: &random) ?? "", attributes: attributes(place, &random))
      }.map { span in
        guard random.chance(20) else { return span }
        var span = span
        span.origin = SpanOrigin(resource: SpanOrigin.Group(attributes: attributes(0, &random)))
        return span
      }
      store.add(spans, now: epoch)
    }
    let held = store.summaries(newest: 2_000, includingHidden: true).map(\.gtxid)
    return (store, Dictionary(uniqueKeysWithValues: held.map { ($0, store.spans(of: $0)) }))
  }

  private func attributes(_ place: UInt64, _ random: inout SeededGenerator) -> [SpanAttribute] {
    let values: [AttributeValue] = [
      .integer(200), .integer(500), .integer(.max), .real(4.5), .boolean(true), .empty, .text("Sku-18"), .text("200"),
      .list([.text("sku-18"), .integer(2)]),
    ]
    var attributes = ["one", "two.dots", "three"].filter { _ in random.chance(40) }.map {
      SpanAttribute($0, values.randomElement(using: &random) ?? .empty)
    }
    if place == 1 { attributes.append(SpanAttribute(AttributeName.kind, random.chance(10) ? "health" : "checkout")) }
    if place == 1, random.chance(50) { attributes.append(SpanAttribute(AttributeName.user, "Kim")) }
    return attributes
  }

  private func query(_ random: inout SeededGenerator, depth: Int = 0) -> TraceQuery {
    func text() -> TraceQuery.TextMatch {
      let word = (Self.words + ["kim", "svc-3", "svc", "answered"]).randomElement(using: &random) ?? ""
      return random.chance(50) ? .equals(word) : .contains(word)
    }
    let comparison = TraceQuery.Comparison.allCases.randomElement(using: &random) ?? .equal
    switch Int.random(in: 0..<(depth < 3 ? 17 : 13), using: &random) {
    case 0: return .duration(comparison, Int64.random(in: 0...20, using: &random) * millisecond)
    case 1:
      return random.chance(50)
        ? .spans(comparison, Int.random(in: 0...6, using: &random))
        : .start(comparison, epoch + Int64.random(in: -1...1, using: &random))
    case 2: return .hops(comparison, Int.random(in: 0...6, using: &random))
    case 3: return .errors(comparison, Int.random(in: 0...2, using: &random))
    case 4: return .status(TraceSummary.Status.allCases.randomElement(using: &random) ?? .ok)
    case 5: return .service(text())
    case 6: return .operation(text())
    case 7: return .rootOperation(text())
    case 8: return random.chance(50) ? .kind(text()) : .user(text())
    case 9: return .firstError(text())
    case 10, 11: return .attribute(["one", "two.dots", "four"].randomElement(using: &random) ?? "", value(&random))
    case 12: return .id(prefix: random.chance(50) ? "0000" : "000000000000abcd")
    case 13: return .not(query(&random, depth: depth + 1))
    case 14: return .all((0..<Int.random(in: 0...3, using: &random)).map { _ in query(&random, depth: depth + 1) })
    case 15: return .any((0..<Int.random(in: 0...3, using: &random)).map { _ in query(&random, depth: depth + 1) })
    default: return .everything
    }
  }

  private func value(_ random: inout SeededGenerator) -> TraceQuery.ValueMatch {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: .exists
    case 1: .text(.contains(["sku", "2", "true", ""].randomElement(using: &random) ?? ""))
    default:
      .number(
        TraceQuery.Comparison.allCases.randomElement(using: &random) ?? .equal,
        [200, 4.5, 499, 1e18].randomElement(using: &random) ?? 0)
    }
  }

  /// What a query means, said over what a person is shown.
  private func holds(_ query: TraceQuery, _ row: TraceSummary, _ spans: [TraceSpan]) -> Bool {
    func like(_ match: TraceQuery.TextMatch, _ text: String) -> Bool {
      switch match {
      case .equals(let word): text.lowercased() == word.lowercased()
      case .contains(let word): word.isEmpty || text.lowercased().contains(word.lowercased())
      }
    }
    switch query {
    case .everything: return true
    case .not(let inner): return !holds(inner, row, spans)
    case .all(let parts): return parts.allSatisfy { holds($0, row, spans) }
    case .any(let parts): return parts.contains { holds($0, row, spans) }
    case .duration(let comparison, let limit): return comparison.holds(row.duration, limit)
    case .spans(let comparison, let limit): return comparison.holds(row.spans, limit)
    case .start(let comparison, let time): return comparison.holds(row.start, time)
    case .hops(let comparison, let limit): return comparison.holds(row.hops, limit)
    case .errors(let comparison, let limit): return comparison.holds(row.errors, limit)
    case .status(let status): return row.status == status
    case .service(let match): return row.services.contains { like(match, $0) }
    case .operation(let match): return spans.contains { like(match, $0.operation) }
    case .rootOperation(let match): return like(match, row.rootOperation)
    case .kind(let match): return like(match, row.kind)
    case .user(let match): return like(match, row.user)
    case .firstError(let match): return like(match, row.firstError)
    case .id(let prefix): return row.gtxid.matches(prefix: prefix)
    case .attribute(let name, let match):
      return spans.contains { span in
        (span.attributes + (span.origin?.resource.attributes ?? [])).contains { attribute in
          guard attribute.name == name else { return false }
          switch match {
          case .exists: return true
          case .text(let text): return like(text, attribute.value.description)
          case .number(let comparison, let limit):
            switch attribute.value {
            case .integer(let number): return comparison.holds(Double(number), limit)
            case .real(let number): return comparison.holds(number, limit)
            case .text(let text): return Double(text).map { comparison.holds($0, limit) } ?? false
            default: return false
            }
          }
        }
      }
    }
  }

  @Test(arguments: 1...12)
  func aQueryFindsWhatItSays(seed: UInt64) {
    let (store, held) = store(seed)
    var random = SeededGenerator(seed: seed &* 77)
    let rows = store.summaries(newest: 2_000, includingHidden: true)
    #expect(rows.count > 100 && store.statistics.evictedTraces > 0)
    var matched = 0
    for _ in 0..<150 {
      let query = query(&random)
      let wanted = rows.filter { holds(query, $0, held[$0.gtxid] ?? []) }
      #expect(
        store.summaries(newest: 2_000, includingHidden: true, matching: query) == wanted, "seed \(seed): \(query)")
      matched += wanted.isEmpty || wanted.count == rows.count ? 0 : 1
      let shown = Array(wanted.filter { $0.kind != "health" }.prefix(7))
      #expect(store.summaries(newest: 7, matching: query) == shown, "seed \(seed): \(query)")
    }
    #expect(matched > 30, "seed \(seed): queries that tell transactions apart")
  }

  @Test func namesAndValuesThatComeLaterAreFoundToo() {
    let store = TraceStore(budget: 1_000_000)
    let query = TraceQuery.attribute("late", .text(.equals("yes")))
    store.add([span(1, in: 1, from: 0, to: 1)], now: epoch)
    #expect(store.summaries(newest: 5, matching: query).isEmpty)
    store.add([span(1, in: 2, from: 0, to: 1, attributes: [SpanAttribute("late", "YES")])], now: epoch)
    #expect(store.summaries(newest: 5, matching: query).map(\.gtxid) == [id(2)])
    var reported = span(1, in: 3, from: 0, to: 1)
    reported.origin = SpanOrigin(resource: SpanOrigin.Group(attributes: [SpanAttribute("late", "yes")]))
    store.add([reported], now: epoch)
    #expect(store.summaries(newest: 5, matching: query).map(\.gtxid) == [id(3), id(2)], "its resource says so")
  }
}
