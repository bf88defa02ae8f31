internal import Operations
internal import Simulation

/// The shop that chaos breaks, as far as somebody has said what it is like. What is nil the seed draws: an order's journey
/// through the shop is another one in each.
public struct ChaosShop: Sendable, Equatable {
  public var orderStore: OrderStore?
  public var strangler: StranglerSettings?
  public var topology: TopologySettings?
  public var journeys: [(journey: Journey, weight: Double)]?
  public var sagas: [(saga: SagaKind, weight: Double)]?
  /// Never drawn.
  public var productsInfo: ProductsInfoSettings

  /// - Parameter mix: both what customers come for and how their orders are carried out.
  public init(
    orderStore: OrderStore? = nil, strangler: StranglerSettings? = nil, topology: TopologySettings? = nil,
    mix: LoadMix? = nil, productsInfo: ProductsInfoSettings = ProductsInfoSettings()
  ) {
    self.orderStore = orderStore
    self.strangler = strangler
    self.topology = topology
    (journeys, sagas) = (mix?.journeys, mix?.sagas)
    self.productsInfo = productsInfo
  }

  public static func == (left: ChaosShop, right: ChaosShop) -> Bool {
    (left.orderStore, left.strangler, left.topology) == (right.orderStore, right.strangler, right.topology)
      && left.productsInfo == right.productsInfo && left.mix == right.mix
      && (left.journeys == nil, left.sagas == nil) == (right.journeys == nil, right.sagas == nil)
  }

  /// The mix of its customers, as usual where nobody has spoken of it.
  var mix: LoadMix { LoadMix(journeys: journeys ?? LoadMix.ordinary.journeys, sagas: sagas ?? LoadMix.ordinary.sagas) }

  /// With what nobody has spoken of as it usually is.
  public var usual: ChaosShop {
    ChaosShop(
      orderStore: orderStore ?? .outbox, strangler: strangler ?? StranglerSettings(),
      topology: topology ?? TopologySettings(), mix: mix,
      productsInfo: productsInfo)
  }

  /// What is left to the seed. Where something is built wrong on purpose, that alone is to be what breaks.
  func open(with mistakes: Set<Mistake>) -> ChaosShop { mistakes.isEmpty ? self : usual }

  /// With what is open drawn. Each is drawn whether it is open or not: what is given changes nothing of the others.
  func drawn(seed: UInt64) -> ChaosShop {
    var random = RandomStream(seed: seed, "chaos/shop")
    let isStrangled = random.happens(0.25)
    let shares = StranglerCapability.allCases.map { _ in Self.shares[random.below(Self.shares.count)] }
    let store = OrderStore.allCases[random.below(OrderStore.allCases.count)]
    let isShared = random.happens(0.25)
    let (limit, splitsReads) = (Self.limits[random.below(Self.limits.count)], random.happens(0.5))
    let isOrdinary = random.happens(0.5)
    let drawn = LoadMix(
      journeys: Self.journeys[random.below(Self.journeys.count)], sagas: Self.sagas[random.below(Self.sagas.count)])

    var shop = usual
    if strangler == nil, isStrangled { shop.strangler = StranglerSettings(shares) }
    if orderStore == nil { shop.orderStore = store }
    if topology == nil, isShared { shop.topology = .shared(limit, splitsReads: splitsReads) }
    if !isOrdinary { (shop.journeys, shop.sagas) = (journeys ?? drawn.journeys, sagas ?? drawn.sagas) }
    return shop
  }

  private static let shares = [0, 25, 50, 75, 100]
  /// Five services want a hundred connections: these are enough while nothing is broken.
  private static let limits = [100, 120, 151]

  /// Customers who buy and do nothing else; who come back with what they bought; and who buy little.
  private static let journeys: [[(journey: Journey, weight: Double)]] = [
    LoadMix.ordinary.journeys, [(.buy, 1)],
    [(.buy, 4), (.giveBack, 3), (.follow, 3), (.history, 1), (.receipt, 1)],
    [
      (.buy, 3), (.browse, 2), (.clientPage, 1), (.search, 2), (.prices, 2), (.cart, 2), (.review, 3), (.card, 1),
      (.member, 1), (.backOffice, 2),
    ],
  ]

  private static let sagas: [[(saga: SagaKind, weight: Double)]] = [
    LoadMix.ordinary.sagas, SagaKind.allCases.map { ($0, 1) }, [(.orchestrated, 2), (.creditLarge, 1)],
    [(.join, 2), (.choreographed, 1)],
  ]
}

extension StranglerSettings {
  /// - Parameter shares: one for each capability.
  fileprivate init(_ shares: [Int]) {
    self.init()
    isUnderWay = true
    for (capability, share) in zip(StranglerCapability.allCases, shares) { self[capability] = share }
  }
}

extension TopologySettings {
  fileprivate static func shared(_ limit: Int, splitsReads: Bool) -> TopologySettings {
    var settings = onOneServer
    settings.maximumConnections = limit
    settings.splitsReads = splitsReads
    return settings
  }

  /// As options of the command line; none where each service has a server of its own.
  var options: [String] {
    guard databases == .shared else { return [] }
    let usual = TopologySettings()
    return ["--topology \(databases.rawValue)"]
      + (maximumConnections == usual.maximumConnections ? [] : ["--max-connections \(maximumConnections)"])
      + (splitsReads ? ["--split-reads"] : [])
  }
}
