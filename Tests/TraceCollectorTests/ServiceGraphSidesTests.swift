import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Edges as either side tells them.
struct ServiceGraphSidesTests {
  private struct Key: Hashable, Comparable {
    var caller: String
    var callee: String
    var kind: ServiceEdge.Kind

    static func < (left: Key, right: Key) -> Bool {
      (left.caller, left.callee, left.kind.rawValue) < (right.caller, right.callee, right.kind.rawValue)
    }
  }

  /// What the spans of one side say.
  private struct Told: Equatable {
    var calls = 0
    var errors = 0
    var durations: [Int64] = []

    mutating func add(_ span: TraceSpan) {
      calls += 1
      errors += span.status == .error ? 1 : 0
      if let duration = span.duration { durations.append(duration) }
    }
  }

  /// Calls with and without a name for the other side, answered or not, databases, and records.
  private func spans(in trace: UInt64, random: inout SeededGenerator) -> [TraceSpan] {
    var spans = [span(1, in: trace, .server, "gateway", from: 0, to: 900)]
    var next: UInt64 = 2
    func add(
      under parent: UInt64?, _ kind: SpanKind, _ service: String, shared: UInt64? = nil, peer: String = "",
      attributes: [SpanAttribute] = []
    ) -> UInt64 {
      let at = Int64.random(in: 0..<100, using: &random)
      spans.append(
        span(
          shared ?? next, in: trace, under: parent, kind, shared: shared != nil, service, from: at,
          to: random.chance(95) ? at + Int64.random(in: 0..<500, using: &random) : nil, failed: random.chance(10),
          peer: peer, attributes: attributes))
      next += 1
      return spans[spans.count - 1].id.value
    }
    for _ in 0..<Int.random(in: 1...40, using: &random) {
      let callers = spans.filter { $0.kind == .server || $0.kind == .consumer }
      let caller = callers.randomElement(using: &random) ?? spans[0]
      let above = caller.id.value
      let target = "s\(Int.random(in: 0..<3, using: &random))"
      switch Int.random(in: 0..<10, using: &random) {
      case 0...3:
        let client = add(under: above, .client, caller.service, peer: random.chance(50) ? target : "")
        if random.chance(80) { _ = add(under: client, .server, target) }
      case 4:
        let client = add(under: above, .client, caller.service)
        _ = add(under: above, .server, target, shared: client)
      case 5, 6:
        let system = SpanAttribute(random.chance(50) ? "db.system" : "db.system.name", "postgresql")
        let names = [
          [SpanAttribute("db.namespace", "orders")], [SpanAttribute("db.name", "orders")],
          [SpanAttribute("server.address", "db-1")], [],
        ]
        _ = add(
          under: above, .client, caller.service, attributes: [system] + (names.randomElement(using: &random) ?? []))
      case 7, 8:
        let producer = add(under: above, .producer, caller.service, peer: "kafka")
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          _ = add(under: producer, .consumer, "s\(Int.random(in: 0..<3, using: &random))")
        }
      default: _ = add(under: above, .internal, caller.service)
      }
    }
    return spans
  }

  private func told(by spans: [TraceSpan]) -> [Key: (client: Told, server: Told)] {
    var told: [Key: (client: Told, server: Told)] = [:]
    for span in spans {
      let below = spans.filter { $0.parent == span.id && $0.gtxid == span.gtxid && $0.id != span.id }
      switch span.kind {
      case .client where !span.isShared:
        let system = span[attribute: "db.system"] ?? span[attribute: "db.system.name"]
        if let system {
          let name =
            span[attribute: "db.namespace"] ?? span[attribute: "db.name"] ?? span[attribute: "server.address"] ?? system
          told[Key(caller: span.service, callee: name.description, kind: .database), default: (Told(), Told())].client
            .add(span)
          continue
        }
        let twin = spans.first { $0.id == span.id && $0.gtxid == span.gtxid && $0.isShared }
        let server = twin ?? below.first { $0.kind == .server && !$0.isShared }
        guard let callee = span.peer.isEmpty ? server?.service : span.peer else { continue }
        let key = Key(caller: span.service, callee: callee, kind: .call)
        told[key, default: (Told(), Told())].client.add(span)
        if let server { told[key]?.server.add(server) }
      case .producer:
        for consumer in below where consumer.kind == .consumer {
          let key = Key(caller: span.service, callee: consumer.service, kind: .message)
          told[key, default: (Told(), Told())].client.add(span)
          told[key]?.server.add(consumer)
        }
      default: break
      }
    }
    return told
  }

  @Test(arguments: 1...40)
  func bothSidesAreCountedWhicheverComesFirst(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let store = TraceStore(budget: 30_000_000)
    let now = epoch + 5 * second
    let all = (1...UInt64(4)).flatMap { spans(in: $0, random: &random) }
    var rest = all.shuffled(using: &random)
    while !rest.isEmpty {
      let batch = Array(rest.prefix(Int.random(in: 1...9, using: &random)))
      rest.removeFirst(batch.count)
      store.add(batch, now: now)
    }
    let wanted = told(by: all)
    let graph = store.graph(now: now)
    #expect(
      Set(graph.map { Key(caller: $0.caller, callee: $0.callee, kind: $0.kind) }) == Set(wanted.keys), "seed \(seed)")
    for edge in graph {
      let sides = try #require(wanted[Key(caller: edge.caller, callee: edge.callee, kind: edge.kind)])
      for (figures, told) in [(edge.client, sides.client), (edge.server, sides.server)] {
        #expect(figures?.calls ?? 0 == told.calls && figures?.errors ?? 0 == told.errors, "seed \(seed), \(edge)")
        #expect(figures?.totalCalls ?? 0 == told.calls && figures?.totalErrors ?? 0 == told.errors, "seed \(seed)")
        let sorted = told.durations.sorted()
        for (found, share) in [(figures?.p50, 0.5), (figures?.p99, 0.99)] as [(Int64?, Double)] {
          guard !sorted.isEmpty else {
            #expect(found == nil)
            continue
          }
          let value = sorted[max(1, Int((share * Double(sorted.count)).rounded(.up))) - 1]
          #expect(abs(try #require(found) - value) <= value / 100 + 1_000, "seed \(seed), \(edge)")
        }
      }
    }
    let edges = store.edges(now: now)
    #expect(edges.count == graph.count { $0.kind != .database } && edges.allSatisfy { $0.kind != .database })
  }

  /// Traces that are looked up in an index count the same as those that are looked through.
  @Test(arguments: 1...8)
  func largeTracesCountTheSame(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var spans: [TraceSpan] = [span(1, .server, "gateway", from: 0, to: 100)]
    for number in 1...120 as ClosedRange<UInt64> {
      spans.append(
        span(
          number * 2, under: 1, .client, "gateway", from: 0, to: Int64(number), failed: random.chance(20),
          peer: random.chance(50) ? "balancer" : ""))
      spans.append(
        span(
          number * 2 + 1, under: number * 2, .server, "order", from: 0, to: Int64(number) / 2, failed: random.chance(20)
        ))
    }
    let named = spans.filter { !$0.peer.isEmpty }
    let store = TraceStore(budget: 30_000_000)
    for span in spans.shuffled(using: &random) { store.add([span], now: epoch + second) }
    let graph = store.graph(now: epoch + second).sorted { $0.callee < $1.callee }
    #expect(graph.map(\.callee) == ["balancer", "order"], "seed \(seed)")
    #expect(graph.map { $0.client?.calls } == [named.count, 120 - named.count], "seed \(seed)")
    #expect(graph.map { $0.server?.calls } == [named.count, 120 - named.count], "seed \(seed)")
    let answers = spans.filter { $0.kind == .server && $0.service == "order" && $0.status == .error }.count
    #expect(graph.reduce(0) { $0 + ($1.server?.errors ?? 0) } == answers, "seed \(seed)")
  }

  /// So do all CONSUMER spans of one PRODUCER, however many others there are in its trace.
  @Test(arguments: 1...8)
  func everyConsumerIsCountedInALargeTrace(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var spans: [TraceSpan] = []
    for number in 1...60 as ClosedRange<UInt64> {
      spans.append(span(number * 10, .producer, "order", from: 0, to: 1))
      for place in 1...3 as ClosedRange<UInt64> {
        spans.append(span(number * 10 + place, under: number * 10, .consumer, "reader-\(place)", from: 0, to: 1))
      }
    }
    let store = TraceStore(budget: 30_000_000)
    for span in spans.shuffled(using: &random) { store.add([span], now: epoch + second) }
    #expect(store.graph(now: epoch + second).map { $0.server?.calls } == [60, 60, 60], "seed \(seed)")
  }

  /// A CLIENT span that is reported as it begins and once more as it ends is one call, and fails when either says so.
  @Test(arguments: [0, 100] as [UInt64], 0...5)
  func aSecondPieceOfACallIsSeen(others: UInt64, way: Int) throws {
    let store = TraceStore(budget: 4_000_000)
    let now = epoch + second
    for number in 0..<others { store.add([span(1_000 + number, from: 0, to: 1)], now: now) }
    let database = [SpanAttribute("db.system", "redis")]
    let isNamed = way == 0 || way == 4
    let begun = span(
      2, under: 1, .client, "shop", from: 0, to: nil, peer: isNamed ? "cart" : "",
      attributes: way == 1 ? database : [])
    let ended = span(2, under: 1, .client, "shop", from: 0, to: 40, failed: true, peer: way == 5 ? "cart" : "")
    let answer = span(3, under: 2, .server, "cart", from: 0, to: 30)
    let order: [TraceSpan] =
      switch way {
      case 2: [begun, answer, ended]
      case 3: [begun, ended, answer]
      case 4: [answer, begun, ended]
      default: [begun, ended]
      }
    for span in order { store.add([span], now: now) }
    let graph = store.graph(now: now)
    let edge = try #require(graph.first)
    #expect(graph.count == 1 && edge.callee == (way == 1 ? "redis" : "cart"))
    #expect(edge.client?.calls == 1 && edge.client?.errors == 1)
    #expect(abs(try #require(edge.client?.p50) - 40 * millisecond) <= millisecond)
    #expect((edge.server?.calls ?? 0) == (order.count == 3 ? 1 : 0))
  }

  @Test func aDatabaseIsNamedByTheBestThatIsThere() {
    func callee(_ attributes: [SpanAttribute], peer: String = "") -> [String] {
      let store = TraceStore(budget: 1_000_000)
      store.add([span(1, .client, "order", from: 0, to: 1, peer: peer, attributes: attributes)], now: epoch)
      return store.graph(now: epoch).map { "\($0.callee) \($0.kind) \($0.server == nil)" }
    }
    let system = SpanAttribute("db.system", "redis")
    #expect(callee([system]) == ["redis database true"])
    #expect(
      callee([SpanAttribute("db.system.name", "redis"), SpanAttribute("server.address", "kv-1")]) == [
        "kv-1 database true"
      ])
    #expect(
      callee([SpanAttribute("peer.service", "kv"), SpanAttribute("server.address", "kv-1"), system]) == [
        "kv database true"
      ])
    #expect(callee([system, SpanAttribute("peer.service", "kv")], peer: "cache") == ["cache database true"])
    #expect(callee([system, SpanAttribute("db.name", "carts")], peer: "cache") == ["carts database true"])
    #expect(
      callee([SpanAttribute("db.name", "old"), system, SpanAttribute("db.namespace", "new")]) == ["new database true"])
    #expect(callee([system, SpanAttribute("db.name", "")]) == ["redis database true"])
    #expect(callee([SpanAttribute("db.name", "orders")]).isEmpty && callee([SpanAttribute("db.system", 5)]).isEmpty)
    #expect(callee([SpanAttribute("db.name", "orders")], peer: "cart") == ["cart call true"])
  }

  @Test func memoryOfMinutesGoneByIsGivenBack() {
    let store = TraceStore(budget: 4_000_000)
    for number in 1...500 as ClosedRange<UInt64> {
      store.add([span(1, in: number, .client, "a", from: 0, to: Int64(number), peer: "b")], now: epoch + second)
    }
    let busy = store.statistics.figureBytes
    store.add([span(1, in: 900, .internal, "c", from: 0, to: 1)], now: epoch + 600 * second)
    #expect(store.statistics.figureBytes < busy)
    #expect(store.graph(now: epoch + 600 * second).map(\.client?.calls) == [0])
  }
}
