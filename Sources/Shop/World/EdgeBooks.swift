internal import OrderedCollections
internal import Platform

/// What the gateways and the member service have counted, over all lives of their instances: an instance's own counters
/// go with it, and what a client owes must not.
final class EdgeBooks: @unchecked Sendable {
  struct Client {
    var meter = ClientMeter()
    var quotaUsed = 0
  }

  /// What an instance of a gateway has counted in one life or in several.
  struct Account {
    var clients = OrderedDictionary<String, Client>()
    var refusals = OrderedDictionary<GatewayReason, Int>()
    var unchecked = 0
    var cacheHits = 0
    var cacheMisses = 0

    mutating func add(_ other: Account) {
      for (id, client) in other.clients {
        clients[id, default: Client()].meter.add(client.meter)
        clients[id]?.quotaUsed += client.quotaUsed
      }
      for (reason, count) in other.refusals { refusals[reason, default: 0] += count }
      unchecked += other.unchecked
      cacheHits += other.cacheHits
      cacheMisses += other.cacheMisses
    }
  }

  private var desks = OrderedDictionary<String, GatewayDesk>()
  /// Of lives that are over.
  private var past = OrderedDictionary<String, Account>()

  /// What product pages cost those who look at them: put together by page-composer, and by the client's own program.
  var composedPages = PageCost()
  var clientPages = PageCost()

  var signUps: UInt64 = 0
  var logIns: UInt64 = 0
  var refusedLogins: UInt64 = 0
  var logOuts: UInt64 = 0
  /// The key-value store took no entry: the token is still good.
  var failedLogOuts: UInt64 = 0
  /// Tokens that customers used after they had logged out: refused as revoked, or let pass.
  var revokedUsesRefused: UInt64 = 0
  var revokedUsesPassed: UInt64 = 0

  /// A customer has used a token that is known to be revoked. An answer of the gateway that it cannot tell, or of nobody,
  /// says nothing of that.
  func usedRevoked(_ status: Int) {
    if status == 401 { revokedUsesRefused += 1 } else if status < 400 { revokedUsesPassed += 1 }
  }

  /// An instance has begun a life; what it had counted in the one before is kept.
  func opened(_ desk: GatewayDesk, at instance: String) {
    if let before = desks[instance] {
      past[before.table.name, default: Account()].add(Self.account(of: before, at: 0))
    }
    desks[instance] = desk
  }

  /// The desks of a gateway's instances, dead ones included.
  func desks(of gateway: String) -> [(instance: String, desk: GatewayDesk)] {
    desks.filter { $0.value.table.name == gateway }.map { ($0.key, $0.value) }
  }

  /// What all instances of a gateway have counted.
  func account(of gateway: String, at now: Int64) -> Account {
    var sum = past[gateway] ?? Account()
    for (_, desk) in desks(of: gateway) { sum.add(Self.account(of: desk, at: now)) }
    return sum
  }

  /// What somebody who comes in through a gateway has used; nil when it never came.
  func client(_ id: String, of gateway: String = ShopPlan.gateway, at now: Int64) -> Client? {
    account(of: gateway, at: now).clients[id]
  }

  func refusals(of gateway: String = ShopPlan.gateway, for reason: GatewayReason) -> Int {
    account(of: gateway, at: 0).refusals[reason] ?? 0
  }

  private static func account(of desk: GatewayDesk, at now: Int64) -> Account {
    let snapshot = desk.gateway.snapshot(now: now)
    var account = Account()
    for client in snapshot.clients {
      account.clients[client.id] = Client(meter: client.meter, quotaUsed: client.quotaUsed)
    }
    for refusal in snapshot.refusals { account.refusals[refusal.reason] = refusal.count }
    account.unchecked = snapshot.uncheckedAdmissions
    (account.cacheHits, account.cacheMisses) = (snapshot.cacheHits, snapshot.cacheMisses)
    return account
  }
}
