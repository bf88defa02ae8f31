import Connectors
import Dashboard
import Drawing
import Foundation
import Operations
import TraceCollector

/// How long a key takes until its frame is drawn, while a thread puts spans into the store as fast as it can.
struct KeyBenchmarks {
  let rounds: Int

  private static let size = Size(columns: 118, rows: 36)
  private static let presses = 200
  /// Through the pages and what opens on them; the last one leaves the filter.
  private static let keys: [KeyPress.Key] =
    ["1", "2", "j", "5", "j", "/", "e", "r", "r"].map { .character($0) } + [.enter, .escape]
    + ["7", "9", "?"].map { .character($0) } + [.escape]

  func run() -> BenchResult {
    let system = AttachedSystem(name: "bench", budget: 256 << 20, now: { WallClock.nanoseconds })
    let pusher = Pusher(system)
    pusher.start()
    system.start {}
    // Full: what comes in makes others go.
    while system.traces.statistics.evictedSpans == 0 { usleep(10_000) }
    let values = (0..<rounds).map { _ in percentile(99, of: press(system)) }
    pusher.stop()
    system.stop()
    return BenchResult(
      "a key until its frame, while spans come in", unit: "ms", of: values,
      note: "99th percentile of \(Self.presses), without the terminal; another thread fills the store")
  }

  private func press(_ system: AttachedSystem) -> [Double] {
    var model = Model(snapshot: system.snapshot(), size: Self.size)
    return (0..<Self.presses).map { number in
      usleep(3_000)
      if number % 30 == 0 { feed(.snapshot(system.snapshot()), to: &model, of: system) }
      let began = ContinuousClock.now
      feed(.key(KeyPress(Self.keys[number % Self.keys.count])), to: &model, of: system)
      var canvas = Canvas(size: Self.size, glyphSet: .utf8, isStrict: false)
      Dashboard.draw(model, on: &canvas)
      return (ContinuousClock.now - began) / .seconds(1) * 1e3
    }
  }

  /// What a page wants to know is asked at once, as in the cockpit.
  private func feed(_ input: Input, to model: inout Model, of system: AttachedSystem) {
    for effect in update(&model, input) {
      switch effect {
      case .searchTransactions(let question, let limit):
        let answer = system.transactions(question, limit: limit, takesNewer: true)
        _ = update(&model, .matching(question, answer))
      case .loadTransaction(let id): _ = update(&model, .transaction(id, system.transaction(id)))
      case .loadMetrics(let service, let limit):
        _ = update(&model, .metrics(service, system.metrics(of: service, limit: limit)))
      default: break
      }
    }
  }

  private func percentile(_ percentile: Int, of values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted[min(sorted.count - 1, sorted.count * percentile / 100)]
  }

  /// The thread that fills the store.
  private final class Pusher: Sendable {
    private let system: AttachedSystem
    private let isStopping = DispatchSemaphore(value: 0)
    private let hasStopped = DispatchSemaphore(value: 0)

    init(_ system: AttachedSystem) {
      self.system = system
    }

    func start() {
      Thread.detachNewThread { [self] in
        var source = SpanSource(isConstant: false)
        var batches = source.batches(128)
        var number = 0
        while isStopping.wait(timeout: .now()) == .timedOut {
          source.renew(&batches[number % batches.count])
          system.receive(batches[number % batches.count])
          number += 1
        }
        hasStopped.signal()
      }
    }

    func stop() {
      isStopping.signal()
      hasStopped.wait()
    }
  }
}
