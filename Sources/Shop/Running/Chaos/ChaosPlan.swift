public import Operations
internal import Simulation

/// What breaks in one run, and when: faults and crashes at certain points. The same seed, length and rate give the same
/// plan; and the plan can be written as options that give the same run.
public struct ChaosPlan: Sendable, Equatable {
  public struct Fault: Sendable, Equatable {
    /// Nanoseconds since the start.
    public var at: Int64
    public var spec: FaultSpec

    public init(at: Int64, spec: FaultSpec) {
      self.at = at
      self.spec = spec
    }
  }

  public struct Crash: Sendable, Equatable {
    /// Nanoseconds since the start from which on it waits for its place.
    public var at: Int64
    public var spec: CrashSpec

    public init(at: Int64, spec: CrashSpec) {
      self.at = at
      self.spec = spec
    }
  }

  public var seed: UInt64
  public var rate: Double
  /// Nanoseconds under load.
  public var duration: Int64
  /// By time.
  public var faults: [Fault]
  public var crashes: [Crash]
  public var mistakes: Set<Mistake>
  public var mix: LoadMix
  public var orderStore: OrderStore
  public var strangler: StranglerSettings
  public var topology: TopologySettings
  public var productsInfo: ProductsInfoSettings

  /// - Parameter shop: what nobody has spoken of is as usual.
  public init(
    seed: UInt64, rate: Double, duration: Int64, faults: [Fault] = [], crashes: [Crash] = [],
    mistakes: Set<Mistake> = [], shop: ChaosShop = ChaosShop()
  ) {
    mix = shop.mix
    orderStore = shop.orderStore ?? .outbox
    strangler = shop.strangler ?? StranglerSettings()
    topology = shop.topology ?? TopologySettings()
    productsInfo = shop.productsInfo
    self.seed = seed
    self.rate = rate
    self.duration = duration
    self.faults = faults
    self.crashes = crashes
    self.mistakes = mistakes
  }

  /// Draws a plan: what nobody has said of the shop; some faults of every kind that it has, each with a time to live, and
  /// some crashes; in half of the seeds a storm of crashes, since only then one falls between any two steps. They
  /// are the same whatever the shop is, but for one that only a shared database server knows.
  public static func drawn(
    seed: UInt64, rate: Double, duration: Int64, mistakes: Set<Mistake> = [], shop: ChaosShop = ChaosShop()
  ) -> ChaosPlan {
    var random = RandomStream(seed: seed, "chaos/plan")
    var plan = ChaosPlan(
      seed: seed, rate: rate, duration: duration, mistakes: mistakes, shop: shop.open(with: mistakes).drawn(seed: seed))
    // Whole milliseconds, which can be typed again exactly.
    func moment() -> Int64 {
      let first = min(2_000, duration / 1_000_000 / 4)
      return (first + Int64(random.unit() * Double(max(1, duration / 1_000_000 - first)))) * 1_000_000
    }
    let isStorm = random.happens(0.5)
    for _ in 0..<3 + random.below(6) { plan.faults.append(Fault(at: moment(), spec: ChaosCatalogue.fault(&random))) }
    for _ in 0..<(isStorm ? 10 + random.below(10) : random.below(4)) {
      plan.faults.append(Fault(at: moment(), spec: ChaosCatalogue.instanceCrash(&random)))
    }
    for _ in 0..<4 + random.below(isStorm ? 14 : 6) {
      plan.crashes.append(Crash(at: moment(), spec: ChaosCatalogue.crash(&random)))
    }
    if plan.topology.databases == .shared {
      plan.faults.append(Fault(at: moment(), spec: ChaosCatalogue.fewerConnections(&random)))
    }
    // Too rare among all faults: without it no seed would have an order that is stuck.
    var rare = RandomStream(seed: seed, "chaos/long failure")
    let latest = (duration - ChaosCatalogue.longFailureTime) / 1_000_000
    if rare.happens(0.05), latest > 0 {
      let at = Int64(rare.unit() * Double(latest)) * 1_000_000
      plan.faults.append(Fault(at: at, spec: ChaosCatalogue.longFailure(&rare)))
    }
    plan.faults = plan.faults.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
    plan.crashes = plan.crashes.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
    return plan
  }

  public var settings: ShopSettings {
    var settings = ShopSettings(seed: seed, rate: rate, faults: faults.map { ($0.at, $0.spec) })
    settings.crashes = crashes.map { ($0.at, $0.spec) }
    settings.mistakes = mistakes
    settings.mix = mix
    settings.orderStore = orderStore
    settings.strangler = strangler
    settings.productsInfo = productsInfo
    settings.topology = topology
    return settings
  }

  /// What is left of it when the load ends earlier.
  func cut(to duration: Int64) -> ChaosPlan {
    var plan = self
    plan.duration = duration
    plan.faults.removeAll { $0.at >= duration }
    plan.crashes.removeAll { $0.at >= duration }
    return plan
  }

  // MARK: As it is typed

  /// Options of `msatop simulate` that give this run.
  public var command: String {
    (head + faults.map { "--fault '\($0.spec)@\(Self.milliseconds($0.at))'" }
      + crashes.map { "--crash '\($0.spec)@\(Self.milliseconds($0.at))'" } + tail(mix.options)).joined(separator: " ")
  }

  /// The same while it is the plan that the seed gives.
  public var drawnCommand: String { (head + ["--chaos"] + tail(mix.wholeOptions)).joined(separator: " ") }

  private var head: [String] {
    let rate = rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
    return ["msatop simulate --seed \(seed) --duration \(Self.milliseconds(duration)) --rate \(rate)"]
  }

  private func tail(_ mix: [String]) -> [String] {
    (orderStore == .outbox ? [] : ["--order-store \(orderStore.rawValue)"])
      + Mistake.allCases.filter(mistakes.contains).map { "--mistake \($0.rawValue)" } + mix
      + strangler.options + topology.options + productsInfo.options
  }

  /// Never a fraction, which a reader could round another way.
  private static func milliseconds(_ time: Int64) -> String {
    time % 1_000_000_000 == 0 ? "\(time / 1_000_000_000)s" : "\(time / 1_000_000)ms"
  }
}
