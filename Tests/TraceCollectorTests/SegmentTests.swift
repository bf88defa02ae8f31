import Concurrency
import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct SegmentTests {
  @Test(arguments: 1...10)
  func aBatchReadsBackWhatWasPutIn(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let spans = (0..<50).map { _ in random.anySpan(in: id(UInt64.random(in: 1...3, using: &random))) }
    #expect(SpanBatch(spans).spans == spans, "seed \(seed)")
  }

  /// Spared traces are written down anew, again and again: they must read back as they were.
  @Test(arguments: 1...10)
  func whatIsSparedReadsBackAsItWas(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var settings = TraceStoreSettings(budget: 400_000)
    settings.slowestKept = 0
    let store = TraceStore(settings)
    var failed: [UInt64: [TraceSpan]] = [:]
    for number in 1...1_200 as ClosedRange<UInt64> {
      var spans = (0..<Int.random(in: 1...6, using: &random)).map { _ in random.anySpan(in: id(number)) }
      for place in spans.indices { spans[place].status = .unset }
      // Spans of one trace lie in several segments.
      if number % 40 == 0 {
        spans[0].status = .error
        failed[number] = spans
      }
      store.add(spans, now: epoch)
      if number > 7, let first = failed[number - 7]?.first {
        var span = first
        span.id = SpanID(random.next() | 1)!
        store.add([span], now: epoch)
        failed[number - 7]?.append(span)
      }
    }
    var held = 0
    for (number, spans) in failed.sorted(by: { $0.key < $1.key }) {
      let read = store.spans(of: id(number))
      guard !read.isEmpty else { continue }
      held += 1
      #expect(read == spans, "seed \(seed), trace \(number)")
      #expect(store.summary(of: id(number))?.firstErrorService == spans[0].service, "seed \(seed)")
    }
    #expect(held > 5, "seed \(seed): what failed is spared")
  }

  /// A row names its origin and its shape by numbers that end: those who send new ones with each span need more segments.
  @Test(arguments: ["origins", "shapes"])
  func moreKindsThanASegmentCanNumberReadBack(kind: String) {
    let store = TraceStore(budget: 1 << 30)
    let count: UInt64 = 70_000
    func made(_ number: UInt64) -> TraceSpan {
      span(
        number, in: number / 8 + 1, .server, "shop", on: kind == "origins" ? "host \(number)" : "", from: 0, to: 1,
        attributes: kind == "shapes" ? [SpanAttribute("key \(number)", .boolean(true))] : [])
    }
    for first in stride(from: UInt64(1), through: count, by: 500) {
      store.add((first..<first + 500).map(made), now: epoch)
    }
    #expect(store.statistics.spans == Int(count) && store.state.withLock { $0.segments.count } == 2)
    for number in [1, 65_535, 65_536, 65_537, count] {
      #expect(store.spans(of: id(number / 8 + 1)).first { $0.id == SpanID(number) } == made(number))
    }
  }

  @Test func theOldestGoWhenThereAreMoreSegmentsThanCanBeNamed() {
    var settings = TraceStoreSettings(budget: 4_000_000)
    settings.segments = 3
    settings.slowestKept = 0
    let store = TraceStore(settings)
    for number in 1...4_000 as ClosedRange<UInt64> {
      let spans = (1...4).map { span(number << 8 | $0, in: number, from: 0, to: 1, message: "\(number) \($0)") }
      store.add(spans, now: epoch)
      #expect(store.state.withLock { $0.segments.count } <= 3)
    }
    #expect(store.statistics.evictedTraces > 100 && store.statistics.bytes < 2_000_000)
    #expect(store.summary(of: id(1)) == nil && store.spans(of: id(4_000)).count == 4)
  }

  @Test(arguments: 1...10)
  func tracesAreFoundAmongThoseThatComeAndGo(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var table = TraceTable(slowestKept: 0, operations: 0)
    var held: [GTXID: Int32] = [:]
    for _ in 0..<3_000 {
      // Few low halves, so that many traces share one, and places are freed in the middle of a run.
      let gtxid = id(UInt64.random(in: 1...300, using: &random), high: UInt64.random(in: 1...4, using: &random))
      if let slot = held[gtxid] {
        table.remove(slot)
        held[gtxid] = nil
      } else {
        held[gtxid] = table.add(high: gtxid.high, low: gtxid.low, start: 0, end: 0)
      }
      let probe = id(UInt64.random(in: 1...300, using: &random), high: UInt64.random(in: 1...4, using: &random))
      #expect(table.slot(of: probe) == held[probe], "seed \(seed)")
    }
    #expect(table.count == held.count)
    #expect(held.allSatisfy { table.slot(of: $0.key) == $0.value }, "seed \(seed)")
  }
}

struct TextDictionaryTests {
  @Test func textsAreFoundBeforeAndAfterSealing() {
    var texts = TextDictionary()
    func code(_ text: String) -> UInt32 {
      var text = text
      return text.withUTF8 { texts.code(of: UnsafeRawBufferPointer($0)) }
    }
    func existing(_ text: String) -> UInt32? {
      var text = text
      return text.withUTF8 { texts.existing(UnsafeRawBufferPointer($0)) }
    }
    let codes = (0..<2_000).map { code("value \($0)") }
    #expect(code("") == TextDictionary.empty && Set(codes).count == 2_000)
    for number in 0..<2_000 { #expect(existing("value \(number)") == codes[number]) }
    let before = texts.bytes
    texts.seal()
    #expect(texts.bytes < before)
    for number in stride(from: 0, to: 2_000, by: 97) {
      #expect(existing("value \(number)") == codes[number] && texts.text(codes[number]) == "value \(number)")
    }
    #expect(existing("another") == nil)
  }

  @Test(arguments: 0...40)
  func aHashSeesEveryByte(count: Int) {
    let bytes = (0..<count).map { UInt8($0) }
    let hash = bytes.withUnsafeBytes { TextHash.ofProcess.of($0) }
    for place in bytes.indices {
      var other = bytes
      other[place] ^= 0x80
      #expect(other.withUnsafeBytes { TextHash.ofProcess.of($0) } != hash, "byte \(place) of \(count)")
    }
  }
}
