import TestSupport
import Testing
import TraceCollector
import TraceModel

@testable import Operations

@Suite struct TransactionExportTests {
  private static let epoch: Int64 = 1_760_000_000_000_000_000

  private func store(_ numbers: ClosedRange<UInt64>) -> TraceStore {
    let store = TraceStore(budget: 16_000_000)
    fill(store, numbers)
    return store
  }

  private func fill(_ store: TraceStore, _ numbers: ClosedRange<UInt64>) {
    for number in numbers {
      let gtxid = GTXID(high: 0, low: number)!
      let spans = (1...(number % 3 + 1)).map { place in
        TraceSpan(
          gtxid: gtxid, id: SpanID(place)!, parent: place == 1 ? nil : SpanID(1), kind: .server,
          service: number % 2 == 0 ? "pay" : "stock", operation: "charge", start: Self.epoch, duration: 1_000_000)
      }
      store.add(spans, now: Self.epoch)
    }
  }

  private func part(_ filter: String, _ store: TraceStore, spansAreAll: Bool = true) throws -> TransactionExport.Part {
    .init(TransactionQuestion(try TransactionFilter(parsing: filter)), in: store, spansAreAll: spansAreAll) {
      TransactionSummary($0, now: Self.epoch)
    }
  }

  private func all(_ export: TransactionExport, isOver: () -> Bool) -> (transactions: [[TraceSpan]], slices: Int) {
    var export = export
    var (transactions, slices): ([[TraceSpan]], Int) = ([], 0)
    while let next = export.next(isOver: isOver) {
      transactions += next
      slices += 1
    }
    #expect(export.next(isOver: isOver) == nil, "the end stays the end")
    return (transactions, slices)
  }

  /// More than a list shows, in slices as small as can be or in one.
  @Test(arguments: [true, false])
  func everyMatchIsHandedOutOnceNewestFirst(inSmallSlices: Bool) throws {
    let export = TransactionExport([
      try part("svc=pay", store(1...3_000)), try part("svc=pay", store(5_001...5_100), spansAreAll: false),
      try part("svc=pay", store(7_001...7_001)),
    ])
    let (transactions, slices) = all(export) { inSmallSlices }
    let ids = transactions.map { $0[0].gtxid.low }
    let (first, second) = (stride(from: UInt64(3_000), to: 0, by: -2), stride(from: UInt64(5_100), to: 5_000, by: -2))
    #expect(ids == Array(first) + Array(second))
    #expect(transactions.allSatisfy { $0.count == Int($0[0].gtxid.low % 3 + 1) })
    #expect(inSmallSlices ? slices > 1_500 : slices == 1)
  }

  @Test func whatIsEvictedMeanwhileIsLeftOutAndCounted() throws {
    let store = store(1...100)
    var export = TransactionExport([try part("svc=pay", store)])
    _ = export.next { true }
    let first = try #require(export.next { true })
    #expect(first.map { $0[0].gtxid.low } == [100])
    let last = try #require(GTXID(high: 0, low: 98))
    for thousand in 1...1_000 as ClosedRange<UInt64> where !store.spans(of: last).isEmpty {
      fill(store, thousand * 1_000...thousand * 1_000 + 999)
    }
    #expect(store.spans(of: last).isEmpty)
    #expect(export.gone == 0, "nothing was evicted before it was asked for")
    let rest = export.next { false } ?? []
    #expect(rest.allSatisfy { !$0.isEmpty } && !rest.contains { $0[0].gtxid == last })
    // All 50 of the first hundred were found at once, one of them was handed out before.
    #expect(export.gone == 49 - rest.count && export.gone > 0)
  }

  /// However many match, no more wait in the search than one look finds.
  @Test func whatWasTakenIsNotKept() throws {
    let store = store(1...3_000)
    let question = TransactionQuestion(try TransactionFilter(parsing: "svc=pay"))
    var search = TransactionSearch(question, limit: .max, spansAreAll: true)
    var ids: [UInt64] = []
    while !search.isThrough {
      search.lookOn(in: store, takesNewer: false, row: { TransactionSummary($0, now: Self.epoch) }) { true }
      let taken = search.take()
      let left = search.take()
      #expect(taken.count <= 512 && left.isEmpty)
      ids += taken.map(\.gtxid.low)
    }
    #expect(ids == Array(stride(from: UInt64(3_000), to: 0, by: -2)))
    fill(store, 3_001...3_010)
    search.lookOn(in: store, takesNewer: true, row: { TransactionSummary($0, now: Self.epoch) }) { false }
    let more = search.take()
    #expect(more.isEmpty, "what was taken is not found once more")
    #expect(search.answer { TransactionSummary($0, now: Self.epoch) }.unknownAttributes.isEmpty)
  }

  @Test func whereNothingMatchesItEndsAtOnce() throws {
    #expect(all(TransactionExport([try part("svc=nobody", store(1...100))]), isOver: { false }).transactions.isEmpty)
    #expect(all(TransactionExport([]), isOver: { true }).slices == 0)
  }
}
