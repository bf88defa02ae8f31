import Drawing
import Operations
import Widgets

/// What every service leans on, one thing at a time.
enum PlatformTab: String, Sendable, CaseIterable {
  case gateway, clients, registry, configuration, deployments, strangler, connections, channel, collector

  var title: String {
    switch self {
    case .channel: "event channel"
    case .collector: "span store"
    default: rawValue
    }
  }

  /// Where the pages' names are short.
  var short: String {
    switch self {
    case .gateway, .clients, .registry, .strangler: rawValue
    case .configuration: "config"
    case .deployments: "deploys"
    case .connections: "pools"
    case .channel: "events"
    case .collector: "spans"
    }
  }

  /// What nothing may be known of: `a gateway`.
  var subject: String {
    switch self {
    case .gateway: "a gateway"
    case .clients: "clients"
    case .registry: "a registry"
    case .configuration: "configuration"
    case .deployments: "deployments"
    case .strangler: "a legacy system"
    case .connections: "connections"
    case .channel: "topics"
    case .collector: "themselves"
    }
  }

  /// Said where the system tells nothing of it.
  var absence: String {
    switch self {
    case .gateway: "No gateway is known."
    case .clients: "This system tells nothing of its clients."
    case .registry: "This system tells nothing of its registry."
    case .configuration: "This system tells nothing of its configuration."
    case .deployments: "Nothing was deployed or scaled yet.  :deploy review v2 canary=10%"
    case .strangler: "No legacy system is beside."
    case .connections: "No service is known to have a pool."
    case .channel: "No topic is known yet."
    case .collector: "No span came in yet."
    }
  }
}

/// A list on the page, each with a cursor.
enum PlatformPanel: Sendable, Hashable {
  /// Of a gateway.
  case instances(String)
  case routes(String)
  case clients, refusals, revokedTokens, accessLog
  case leases
  case versions, settings
  case deployments, members, running
  case sliders, legacyLags
  case pools
  /// Of a database that several services share.
  case sharedPools(String)
  case topics
  case receivers, rejections
}

extension SystemSnapshot {
  /// The ways in, external ones first.
  var gateways: [ServiceSnapshot] {
    services.filter { !$0.isOutside && ($0.name == "gateway" || $0.name.hasPrefix("gateway-")) }
  }

  /// The tabs in their order: of a system that is known by its spans, what became of them comes first.
  var platformTabs: [PlatformTab] {
    let all = PlatformTab.allCases
    return system.isOnlyWatched ? [.collector] + all.filter { $0 != .collector } : all
  }

  /// The tabs on which something is wrong, the worst first.
  var illTabs: [PlatformTab] {
    let worst = gateways.map(\.health).max() ?? .up
    let isRefusing = databaseServers.contains { server in server.pools.contains { $0.refusalRate > 0 } }
    let all: [(tab: PlatformTab, isIll: Bool)] = [
      (.channel, isBusDown), (.gateway, worst == .down), (.registry, registry?.isSelfPreserving ?? false),
      (.deployments, !deploymentsGoneBack.isEmpty), (.connections, isRefusing), (.gateway, worst.isBad),
    ]
    return all.filter(\.isIll).map(\.tab)
  }

  /// The colour of what is wrong on a tab; nil where nothing is.
  func alarm(of tab: PlatformTab) -> Ink? {
    guard illTabs.contains(tab) else { return nil }
    switch tab {
    case .channel: return Mark.busDown.ink
    case .gateway: return (gateways.map(\.health).max() ?? .up).mark.ink
    default: return .degraded
    }
  }
}
