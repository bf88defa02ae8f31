import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct ThreadTests {
  @Test func manyThreadsPutInWhileOthersAsk() async {
    let store = TraceStore(budget: 300_000)
    let threads: UInt64 = 6
    let batches: UInt64 = 60
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<threads {
        group.addTask {
          for batch in 0..<batches {
            // Two threads share each transaction.
            let trace = (thread / 2) * batches + batch + 1
            let spans = (1...8 as ClosedRange<UInt64>).map { number in
              span(
                thread * 100 + number, in: trace, under: number == 1 ? nil : 1, .server, "service \(number)",
                from: Int64(batch), to: Int64(batch) + 5, failed: batch % 10 == 0,
                attributes: [SpanAttribute("note", .text("text \(batch)"))])
            }
            store.add(spans, now: epoch + Int64(batch) * millisecond)
          }
        }
      }
      for _ in 0..<2 {
        group.addTask {
          for round in 0..<batches {
            for summary in store.summaries(newest: 20) {
              let spans = store.spans(of: summary.gtxid)
              _ = CallTree.build(spans: spans).rows.count
            }
            _ = store.red(now: epoch + second)
            _ = store.services(now: epoch + second)
            _ = store.edges(now: epoch + second)
            _ = store.find(prefix: "\(round)")
            #expect(store.statistics.bytes <= 300_000)
          }
        }
      }
    }
    let statistics = store.statistics
    #expect(statistics.received == Int(threads * batches * 8))
    let counted = statistics.accepted + statistics.duplicates + statistics.late + statistics.overflowed
    #expect(counted == statistics.received)
    #expect(store.services(now: epoch + second).count == 8)
  }
}
