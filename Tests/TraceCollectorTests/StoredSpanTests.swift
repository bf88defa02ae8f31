import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct StoredSpanTests {
  /// Swift's `==` takes two spellings of "é" for equal; what was put in must come back to the byte.
  private func bytes(of span: TraceSpan) -> [[UInt8]] {
    [span.service, span.instance, span.operation, span.message, span.peer].map { Array($0.utf8) }
      + span.attributes.flatMap { [Array($0.name.utf8), Array($0.value.description.utf8)] }
      + span.events.flatMap { event in
        [Array(event.name.utf8)] + event.attributes.map { Array($0.value.description.utf8) }
      }
  }

  @Test(arguments: 1...20)
  func everySpanReadsBackExactlyAsItWasPutIn(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 8_000_000)
    let traces = (1...5).map { id(UInt64($0)) }
    var put: [GTXID: [TraceSpan]] = [:]
    for _ in 0..<20 {
      let batch = (0..<20).map { _ in random.anySpan(in: traces.randomElement(using: &random) ?? traces[0]) }
      for span in batch { put[span.gtxid, default: []].append(span) }
      store.add(batch, now: epoch)
    }
    for trace in traces {
      let read = store.spans(of: trace)
      #expect(read == put[trace, default: []], "seed \(seed)")
      #expect(read.map(bytes) == put[trace, default: []].map(bytes), "seed \(seed)")
    }
    #expect(store.statistics.accepted == 400)
    #expect(store.summaries(newest: 9, includingHidden: true).count == 5)
    for now in [epoch, .max, .min] {
      #expect(!store.services(window: .quarterHour, now: now).isEmpty && store.red(now: now).totalCalls > 0)
      #expect(store.edges(now: now).allSatisfy { $0.totalCalls > 0 })
    }
  }

  /// Hashes are worked out ahead: neither the widest span nor one without anything may upset what comes after it.
  @Test(arguments: 1...10)
  func spansOfAnyWidthReadBack(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let spans = (1...120 as ClosedRange<UInt64>).map { number in
      let width = [0, 1, 9, 30, 79, 80, 81, 128, 300].randomElement(using: &random) ?? 0
      return span(
        number, in: UInt64.random(in: 1...3, using: &random), from: 0, to: 1,
        attributes: (0..<width).map { place in
          let value = Int64.random(in: 0..<5_000, using: &random)
          return SpanAttribute(
            "key \(random.chance(90) ? place : Int(value))",
            random.chance(80) ? .text("value \(value)") : .integer(value))
        })
    }
    let store = TraceStore(budget: 50_000_000)
    var rest = spans[...]
    while !rest.isEmpty {
      let batch = Array(rest.prefix(Int.random(in: 1...40, using: &random)))
      rest = rest.dropFirst(batch.count)
      store.add(batch, now: epoch)
    }
    for trace in 1...3 as ClosedRange<UInt64> {
      #expect(store.spans(of: id(trace)) == spans.filter { $0.gtxid == id(trace) }, "seed \(seed)")
    }
  }

  @Test func aTextThatComesAgainIsKeptOnce() {
    let store = TraceStore(budget: 8_000_000)
    let long = String(repeating: "x", count: 200)
    func spans(_ numbers: ClosedRange<UInt64>) -> [TraceSpan] {
      numbers.map { span($0, from: 0, to: 1, attributes: [SpanAttribute("note", .text(long))]) }
    }
    store.add(spans(1...1_000), now: epoch)
    #expect(store.statistics.bytes < 145_000)
    #expect(store.spans(of: id(1)) == spans(1...1_000))
  }

  @Test func namesWithoutEndDoNotGrowTheTableOfNames() {
    let store = TraceStore(budget: 1_000_000)
    for number in 1...30_000 as ClosedRange<UInt64> {
      store.add(
        [span(number, in: number / 10 + 1, .server, "service \(number)", "operation \(number)", from: 0, to: 1)],
        now: epoch)
    }
    let statistics = store.statistics
    #expect(statistics.bytes <= 1_000_000)
    #expect(store.services(now: epoch).count <= 1_001)
    #expect(store.services(now: epoch).contains { $0.service == "(other)" })
    let total = store.services(now: epoch).reduce(0) { $0 + $1.figures.totalCalls }
    #expect(total == 30_000)
  }
}

struct SymbolTableTests {
  @Test func sameBytesSameSymbol() {
    var table = SymbolTable(byteLimit: 100_000)
    let composed = table.symbol(for: "é", as: .name)
    let decomposed = table.symbol(for: "e\u{301}", as: .name)
    #expect(composed != decomposed)
    #expect(table.symbol(for: "é", as: .operation) == composed)
    #expect(table.existing("é") == composed)
    #expect(table.existing("unknown") == nil)
    #expect(table.symbol(for: "", as: .operation) == SymbolTable.empty)
  }

  @Test func itGrowsAndStillFindsAll() {
    var table = SymbolTable(byteLimit: 10_000_000)
    let symbols = (0..<5_000).map { table.symbol(for: "name \($0)", as: .name) }
    for number in 0..<5_000 {
      #expect(table.existing("name \(number)") == symbols[number])
      #expect(symbols[number].map { table[$0] } == "name \(number)")
    }
  }

  @Test func whatFindsNoRoomHasNoSymbol() {
    var table = SymbolTable(byteLimit: 10_000)
    var refused = 0
    for number in 0..<1_000 where table.symbol(for: "operation number \(number)", as: .operation) == nil {
      refused += 1
    }
    #expect(refused > 500)
    #expect(table.existing("operation number 0") != nil)
  }
}

struct SpanIndexTests {
  @Test(arguments: [1, 24, 25, 26, 100, 5_000])
  func itFindsWhatWasInserted(count: Int) {
    var index = SpanIndex()
    var random = SeededGenerator(seed: UInt64(count))
    let ids = (0..<count).map { _ in random.next() | 1 }
    for (number, id) in ids.enumerated() {
      let place = index.insert(id)
      index[place].waiting = UInt32(number)
    }
    for (number, id) in ids.enumerated() {
      #expect(index.place(of: id).map { index[$0].waiting } == UInt32(number))
      #expect(index.insert(id) == index.place(of: id))
    }
    #expect(index.count == count)
    #expect(index.place(of: 2) == nil)
  }
}
