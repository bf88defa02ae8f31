internal import OrderedCollections

/// What a client has used and owes.
public struct ClientMeter: Sendable, Hashable {
  public var calls = 0
  public var refused = 0
  public var sandboxCalls = 0
  public var requestBytes = 0
  public var responseBytes = 0
  /// Millionths of the currency's unit.
  public var charge: Int64 = 0

  public init() {}

  public mutating func add(_ other: ClientMeter) {
    calls += other.calls
    refused += other.refused
    sandboxCalls += other.sandboxCalls
    requestBytes += other.requestBytes
    responseBytes += other.responseBytes
    charge += other.charge
  }
}

/// Limits and meters by caller, for so many clients at most.
struct ClientBook: Sendable {
  private struct Page: Sendable {
    var bucket: TokenBucket?
    var quotaDay: Int64 = 0
    var quotaUsed = 0
    var meter = ClientMeter()
  }

  private static let day = 86_400 * Int64.nanosecondsPerSecond

  let limit: Int
  private var pages: OrderedDictionary<GatewayCaller, Page> = [:]
  /// Of those who had to make room, so that sums stay right.
  private(set) var others = ClientMeter()

  init(limit: Int) { self.limit = limit }

  /// Nanoseconds to wait; nil when the call may pass.
  mutating func take(_ rule: TokenBucketRule, client: GatewayCaller, now: Int64) -> Int64? {
    open(client, now: now)
    var bucket = pages[client]?.bucket ?? TokenBucket(rule, now: now)
    bucket.adopt(rule, now: now)
    let wait = bucket.take(now: now)
    pages[client]?.bucket = bucket
    return wait
  }

  /// Nanoseconds until the next day; nil when the call may pass, which counts it.
  mutating func takeQuota(_ quota: Int, weight: Int, client: GatewayCaller, now: Int64) -> Int64? {
    open(client, now: now)
    let day = now / Self.day
    let used = pages[client].map { $0.quotaDay == day ? $0.quotaUsed : 0 } ?? 0
    guard used + weight <= quota else { return (day + 1) * Self.day - now }
    pages[client]?.quotaDay = day
    pages[client]?.quotaUsed = used + weight
    return nil
  }

  mutating func meter(_ client: GatewayCaller, now: Int64, _ change: (inout ClientMeter) -> Void) {
    open(client, now: now)
    guard var page = pages[client] else { return }
    change(&page.meter)
    pages[client] = page
  }

  func quotaUsed(by client: GatewayCaller, now: Int64) -> Int {
    pages[client].map { $0.quotaDay == now / Self.day ? $0.quotaUsed : 0 } ?? 0
  }

  /// In the order in which they first came.
  var meters: [(client: GatewayCaller, meter: ClientMeter)] { pages.map { ($0.key, $0.value.meter) } }

  private mutating func open(_ client: GatewayCaller, now: Int64) {
    guard pages[client] == nil else { return }
    if pages.count >= limit { makeRoom(now: now) }
    pages[client] = Page()
  }

  /// First those go of whom nothing is held that limits them; if all are limited, the tenth that came first.
  private mutating func makeRoom(now: Int64) {
    let today = now / Self.day
    var leaving = Array(pages.keys).filter { client in
      guard let page = pages[client] else { return false }
      let isFull = page.bucket.map { $0.available(now: now) >= $0.rule.capacity } ?? true
      return isFull && (page.quotaUsed == 0 || page.quotaDay != today)
    }
    if leaving.isEmpty { leaving = Array(pages.keys.prefix(max(1, limit / 10))) }
    let gone = Set(leaving)
    for client in leaving { if let page = pages[client] { others.add(page.meter) } }
    pages.removeAll { gone.contains($0.key) }
  }
}
