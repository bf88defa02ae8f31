import Operations

/// What every service leans on, one thing at a time.
enum PlatformTab: String, Sendable, CaseIterable {
  case gateway, registry, configuration, channel

  var title: String {
    switch self {
    case .gateway: "gateway"
    case .registry: "registry"
    case .configuration: "configuration"
    case .channel: "event channel"
    }
  }

  /// Where the pages' names are short.
  var short: String { self == .configuration ? "config" : self == .channel ? "events" : title }

  /// Said where the system tells nothing of it.
  var absence: String {
    switch self {
    case .gateway: "No gateway is known."
    case .registry: "This system tells nothing of its registry."
    case .configuration: "This system tells nothing of its configuration."
    case .channel: "No topic is known yet."
    }
  }
}

/// A list on the page, each with a cursor.
enum PlatformPanel: Sendable, Hashable {
  /// Of a gateway.
  case routes(String)
  case instances(String)
  case topics

  var service: String? {
    switch self {
    case .routes(let name), .instances(let name): name
    case .topics: nil
    }
  }
}

extension SystemSnapshot {
  /// The ways in, external ones first.
  var gateways: [ServiceSnapshot] {
    services.filter { !$0.isOutside && ($0.name == "gateway" || $0.name.hasPrefix("gateway-")) }
  }
}
