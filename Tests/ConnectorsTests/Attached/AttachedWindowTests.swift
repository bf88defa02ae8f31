import Concurrency
import Connectors
import Operations
import Testing
import TraceCollector
import TraceModel

/// Over how long a time the figures of a watched system are.
@Suite struct AttachedWindowTests {
  private static let second: Int64 = 1_000_000_000
  private static let epoch: Int64 = 1_760_000_000 * second

  /// Twenty calls of 40 ms that fail, and half a minute later twenty of 10 ms that do not.
  private func stage() -> (system: AttachedSystem, clock: Locked<Int64>) {
    let clock = Locked(Self.epoch)
    let system = AttachedSystem(name: "prod", budget: 4_000_000, now: { clock.withLock { $0 } })
    call(1...20, milliseconds: 40, failed: true, system, clock)
    clock.withLock { $0 += 30 * Self.second }
    call(21...40, milliseconds: 10, failed: false, system, clock)
    clock.withLock { $0 += Self.second }
    system.refresh()
    return (system, clock)
  }

  private func call(
    _ numbers: ClosedRange<UInt64>, milliseconds: Int64, failed: Bool, _ system: AttachedSystem, _ clock: Locked<Int64>
  ) {
    let start = clock.withLock { $0 }
    system.receive(
      numbers.map { number in
        TraceSpan(
          gtxid: GTXID(high: 7, low: number)!, id: SpanID(number)!, kind: .server, service: "shop", instance: "host",
          operation: "POST /orders", start: start, duration: milliseconds * 1_000_000, status: failed ? .error : .unset)
      })
  }

  private func show(_ window: RedWindow, _ system: AttachedSystem) throws -> (SystemSnapshot, ServiceSnapshot) {
    system.show(figuresOver: window)
    system.refresh()
    let snapshot = system.snapshot()
    return (snapshot, try #require(snapshot.service("shop")))
  }

  /// It is judged by ten seconds, and shown over a minute, as little is asked of many a service in ten.
  @Test func figuresAreOfTheLastMinuteAtFirst() throws {
    let (system, _) = stage()
    let shop = try #require(system.snapshot().service("shop"))
    #expect(system.snapshot().window == .minute && shop.endpointWindow == .minute && shop.callWindow == .minute)
    #expect(shop.errorShare == 0 && shop.health == .up)
    #expect(shop.seen.errorShare == 0.5 && shop.window == .minute)
    #expect(shop.endpoints.first?.errorShare == 0.5)
    #expect(system.snapshot().operations?.failing.map(\.errors) == [20])
  }

  /// Its time stands still, and nobody looks anew by himself.
  @Test func ofARecordingTheyChangeAtOnce() throws {
    let spans = (1...20 as ClosedRange<UInt64>).map { number in
      TraceSpan(
        gtxid: GTXID(high: 7, low: number)!, id: SpanID(number)!, kind: .server, service: "shop", instance: "host",
        operation: "POST /orders", start: Self.epoch, duration: 40_000_000, status: .unset)
    }
    let system = AttachedSystem(name: "file", budget: 4_000_000, recorded: spans)
    #expect(system.snapshot().window == .minute)
    system.show(figuresOver: .quarterHour)
    #expect(system.snapshot().window == .quarterHour)
    #expect(system.snapshot().service("shop")?.window == .quarterHour)
  }

  @Test func anotherWindowIsShown() throws {
    let (system, clock) = stage()
    let (short, shop) = try show(.tenSeconds, system)
    #expect(short.window == .tenSeconds && shop.windowed == nil && shop.seen.errorShare == 0)
    #expect(shop.endpoints.first?.errorShare == 0 && shop.endpointWindow == .tenSeconds)
    #expect(short.operations?.failing.isEmpty == true, "of the same second, and yet ranked anew")
    clock.withLock { $0 += 300 * Self.second }
    let (long, old) = try show(.quarterHour, system)
    #expect(long.window == .quarterHour && old.window == .quarterHour)
    #expect(old.seen.errorShare == 0.5 && old.rate == 0 && old.seen.rate > 0)
    #expect(old.seen.p99.map { abs($0 - 40_000_000) < 800_000 } == true && old.p99 == nil)
    #expect(long.operations?.slowest.first?.p99.map { abs($0 - 40_000_000) < 800_000 } == true)
  }
}
