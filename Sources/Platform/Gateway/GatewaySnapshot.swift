internal import OrderedCollections

/// A gateway as a screen shows it.
public struct GatewaySnapshot: Sendable, Hashable {
  public struct Client: Sendable, Hashable {
    public var id: String
    public var meter: ClientMeter
    /// Of today, by weight.
    public var quotaUsed: Int
  }

  public var name: String
  /// Of the configuration it runs.
  public var version: Int
  public var routes: Int
  /// How often each reason was given, in the order of ``GatewayReason``.
  public var refusals: [Refusal]
  public var clients: [Client]
  /// Of clients that are no longer kept apart.
  public var otherClients: ClientMeter
  public var cacheEntries: Int
  public var cacheHits: Int
  public var cacheMisses: Int
  public var revocationPolicy: RevocationPolicy
  /// Let pass although the key-value store was away.
  public var uncheckedAdmissions: Int

  public struct Refusal: Sendable, Hashable {
    public var reason: GatewayReason
    public var count: Int
  }
}

extension Gateway {
  public func snapshot(now: Int64) -> GatewaySnapshot {
    GatewaySnapshot(
      name: name, version: configuration.version, routes: configuration.routes.count,
      refusals: GatewayReason.allCases.compactMap { reason in
        context.counters[reason].map { GatewaySnapshot.Refusal(reason: reason, count: $0) }
      },
      clients: context.clients.meters.map { client, meter in
        GatewaySnapshot.Client(
          id: client.name, meter: meter, quotaUsed: context.clients.quotaUsed(by: client, now: now))
      },
      otherClients: context.clients.others, cacheEntries: context.cache.count, cacheHits: context.cacheHits,
      cacheMisses: context.cacheMisses, revocationPolicy: configuration.revocationPolicy,
      uncheckedAdmissions: context.uncheckedAdmissions)
  }

  /// The newest lines of the access log, oldest first.
  public var accessLog: [AccessLogEntry] { Array(context.log.suffix(context.logLimit)) }

  /// How often a request was refused for that reason.
  public func refusals(for reason: GatewayReason) -> Int { context.counters[reason] ?? 0 }
}
