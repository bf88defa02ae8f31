internal import Operations
internal import OrderedCollections
internal import Platform
internal import Resilience
internal import Simulation
internal import Wording

/// What can be changed while everything runs: values by key, as they are typed.
struct ShopConfiguration: Sendable, Equatable {
  private(set) var values = OrderedDictionary<String, String>()

  static let rule = "balancing.rule"
  static let sharedLimit = "shared-db.max-connections"
  static let pageCache = "gateway.cache.product-page"
  static let revocation = "gateway.revocation"
  static let noCache = "off"
  private static let sharePrefix = "strangler."
  static func share(_ capability: StranglerCapability) -> String { sharePrefix + capability.rawValue }
  static func isShare(_ key: String) -> Bool { key.hasPrefix(sharePrefix) }
  static func pool(_ service: String) -> String { "\(service).pool" }
  static func supervisor(_ service: String) -> String { "\(service).supervisor" }

  init(values: [(key: String, value: String)]) {
    self.values = OrderedDictionary(values.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
  }

  /// As the shop is planned.
  init(_ settings: ShopSettings) {
    values[Self.rule] = settings.discovery.rule.rawValue
    for route in Self.plannedRoutes { values[route.key] = route.value }
    values[Self.pageCache] = settings.edge.pageCache.map { FaultNotation.duration($0) } ?? Self.noCache
    values[Self.revocation] = settings.edge.revocationPolicy.word
    let strangler = settings.stranglerAtStart
    if strangler.isUnderWay {
      for capability in StranglerCapability.allCases {
        values[Self.share(capability)] = "\(strangler[capability])"
      }
    }
    if settings.topology.databases == .shared {
      values[Self.sharedLimit] = "\(settings.topology.maximumConnections)"
    }
    for service in ShopPlan.services where !service.isOutside {
      if let store = service.store { values[Self.pool(service.name)] = "\(store.connections)" }
      values[Self.supervisor(service.name)] = settings.supervision.policy(of: service.name).word
      // The registry is not deployed.
      if service.name != ShopPlan.registry { values[Self.canary(service.name)] = Self.noCanary }
      for call in service.calls {
        let guarded = call.guarded(by: settings.resilience, caller: service.name)
        for setting in BreakerSetting.allCases {
          values[setting.key(service.name, call.callee)] = setting.word(in: guarded.breaker)
        }
      }
    }
  }

  subscript(key: String) -> String? {
    get { values[key] }
    set { values[key] = newValue }
  }

  // MARK: What it says

  var rule: BalancingRule? { values[Self.rule].flatMap(BalancingRule.init(rawValue:)) }
  var sharedLimit: Int? { values[Self.sharedLimit].flatMap { Int($0) } }
  /// How gateways are set up, by what is planned of them and what is said here.
  func edge(planned: EdgeSettings) -> EdgeSettings {
    var settings = planned
    settings.pageCache = values[Self.pageCache].flatMap { FaultNotation.nanoseconds($0) }
    settings.revocationPolicy =
      values[Self.revocation].flatMap(RevocationPolicy.init(word:)) ?? planned.revocationPolicy
    return settings
  }
  func pool(of service: String) -> Int? { values[Self.pool(service)].flatMap { Int($0) } }
  func supervisor(of service: String) -> SupervisionPolicy? {
    values[Self.supervisor(service)].flatMap(SupervisionPolicy.init(word:))
  }
  /// How far the capabilities have moved from the legacy shop to the new services.
  var strangler: StranglerSettings {
    var settings = StranglerSettings()
    for capability in StranglerCapability.allCases {
      guard let share = values[Self.share(capability)].flatMap({ Int($0) }) else { continue }
      settings[capability] = share
      settings.isUnderWay = true
    }
    return settings
  }

  // MARK: Whether it may be published

  /// The sentences that say what is wrong. What was planned is right, whatever it is: a file may say more than an operator.
  func problems(knowing known: ShopConfiguration) -> [String] {
    let problems = values.compactMap { key, value -> String? in
      guard let planned = known.values[key] else {
        let advice = NearestNames.offer(
          for: key, among: Array(known.values.keys), otherwise: "Tab shows what there is")
        return "there is no setting \(key); \(advice)"
      }
      return value == planned || Self.isRoute(key) ? nil : Self.problem(key, value)
    }
    let hasOtherRoutes = values.contains { key, value in Self.isRoute(key) && value != known.values[key] }
    return problems + (hasOtherRoutes ? routeProblems : [])
  }

  private static func problem(_ key: String, _ value: String) -> String? {
    if key == rule {
      let words = BalancingRule.allCases.map(\.rawValue)
      return words.contains(value) ? nil : "\(key)=\(value) is no rule; there are \(words.joined(separator: ", "))"
    }
    if key.hasSuffix(".pool") || key == sharedLimit {
      let isGood = Int(value).map { (1...1_000).contains($0) } ?? false
      return isGood ? nil : "\(key)=\(value) is no number of connections from 1 to 1000"
    }
    if key == revocation {
      let words = RevocationPolicy.words.joined(separator: ", ")
      return RevocationPolicy(word: value) != nil ? nil : "\(key)=\(value) is no policy; there are \(words)"
    }
    if key == pageCache {
      return value == noCache || isDuration(value)
        ? nil : "\(key)=\(value) is neither off nor a duration from 1ms to 1h; say 10s"
    }
    if isShare(key) {
      let isGood = Int(value).map { StranglerSettings.range.contains($0) } ?? false
      return isGood ? nil : "\(key)=\(value) is no share from 0 to 100 percent"
    }
    if isCanary(key) {
      return value == noCanary || CanaryShare(parsing: value) != nil
        ? nil : "\(key)=\(value) is neither off nor a version and its share of the calls; say v2 10%"
    }
    if key.hasSuffix(".supervisor") {
      let words = SupervisionPolicy.words.joined(separator: ", ")
      return SupervisionPolicy(word: value) != nil
        ? nil : "\(key)=\(value) is no policy; there are \(words), and waits from 100ms to 10m, as in back-off=5s"
    }
    guard let setting = BreakerSetting(key: key) else { preconditionFailure("nobody knows what \(key) may be") }
    return setting.problem(value).map { "\(key)=\(value) \($0)" }
  }

  private static func isDuration(_ value: String) -> Bool {
    FaultNotation.nanoseconds(value).map { (1_000_000...3_600_000_000_000).contains($0) } ?? false
  }
}
