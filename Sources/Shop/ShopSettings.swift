// Shop: the simulated e-commerce MSA: its services, the load on it, what can break in it, and what must hold all the same.
// It never draws, never asks a wall clock for anything that a run's result depends on, and opens no socket.

public import Operations
public import Platform

/// What a run of the shop is made from. The same settings give the same run, byte for byte.
public struct ShopSettings: Sendable {
  public var seed: UInt64
  /// Transactions a second.
  public var rate: Double
  /// Nanoseconds since the Unix epoch at which virtual time starts. No result depends on it but the times on screen.
  public var epoch: Int64
  /// Faults that are armed at certain moments: nanoseconds since the start.
  public var faults: [(at: Int64, spec: FaultSpec)]
  /// Crashes that wait for their place from certain moments on: nanoseconds since the start.
  public var crashes: [(at: Int64, spec: CrashSpec)] = []
  /// How order keeps its orders, and comes to publish what becomes of them.
  public var orderStore = OrderStore.outbox
  /// What is built wrong on purpose, in every service that it applies to.
  public var mistakes: Set<Mistake> = []
  /// Steps that are taken in the wrong order, to see what their order is good for.
  var wrongOrders: Set<WrongOrder> = []
  /// Steps that are left out, to see what they are good for.
  var omissions: Set<Omission> = []
  /// Whether lines of the log say to which transaction they belong.
  var logsTransactions = true
  /// The share of charges that the company declines, and of those whose answer never comes.
  public var declined = 0.01
  public var unanswered = 0.005
  /// The share of customers to whom no parcel goes, which only shows when the order is to be confirmed.
  public var undeliverable = 0.002
  public var mix = LoadMix.ordersOnly
  /// Played from the start; nil: none is.
  public var scenario: Scenario?
  /// The guards of the calls, where a file asks for others than the shop's own.
  public var resilience: ResilienceFileSettings?
  /// What was passed over where the settings were read, told when the run begins.
  public var warnings: [String] = []
  /// Gateways and tokens.
  public var edge = EdgeSettings()
  public var strangler = StranglerSettings()
  public var productsInfo = ProductsInfoSettings()
  public var discovery = DiscoverySettings()
  public var topology = TopologySettings()
  public var supervision = SupervisionSettings()
  /// How a service goes to another version or number of instances. A drain takes until every caller has had a refresh, and
  /// a while more.
  public var deployment = DeploymentSettings(drainTimeout: 90_000_000_000)
  /// Bytes that spans may hold.
  public var traceBudget = 64 << 20
  /// So many transactions are kept beside those that have not ended, 1 or more: the newest.
  var transactionsKept = 20_000

  /// 2026-01-05 09:00 UTC, a Monday: where virtual time starts unless it is told otherwise.
  public static let fixedEpoch: Int64 = 1_767_603_600_000_000_000

  public init(
    seed: UInt64 = 1, rate: Double = 50, epoch: Int64 = ShopSettings.fixedEpoch,
    faults: [(at: Int64, spec: FaultSpec)] = []
  ) {
    self.seed = seed
    self.rate = rate
    self.epoch = epoch
    self.faults = faults
  }
}
