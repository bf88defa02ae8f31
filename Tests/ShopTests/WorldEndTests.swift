import EventBus
import Operations
import Simulation
import Testing
import TraceCollector
import Transactions

@testable import Shop

/// A run that is over leaves nothing in memory, whatever was going on in it: a sweep makes a thousand worlds.
@Suite struct WorldEndTests {
  /// What a world has, none of it held here.
  private struct Remains {
    weak var world: World?
    weak var time: VirtualTime?
    weak var broker: Broker?
    weak var traces: TraceStore?
    weak var customers: Customers?
    private var instances: [Weak<ServiceInstance>] = []
    private(set) var processes: [Weak<ServiceProcess>] = []
    private var databases: [Weak<ServiceDatabase>] = []

    init(of world: World) {
      self.world = world
      time = world.time
      broker = world.broker
      traces = world.traces
      customers = world.customers
      instances = world.services.flatMap(\.instances).map(Weak.init)
      add(world)
      databases = world.services.compactMap { world.disk(of: $0.name)?.database }.map(Weak.init)
    }

    /// Those that run now, beside those that ran before.
    mutating func add(_ world: World) {
      processes += world.services.flatMap(\.instances).compactMap(\.process).map(Weak.init)
    }

    var names: [String] {
      var names: [String] = []
      if world != nil { names.append("world") }
      if time != nil { names.append("time") }
      if broker != nil { names.append("broker") }
      if traces != nil { names.append("traces") }
      if customers != nil { names.append("customers") }
      names += instances.compactMap(\.object).map { "instance \($0.name)" }
      names += processes.compactMap(\.object).map { "process \($0.number) of \($0.instance.name)" }
      names += databases.compactMap(\.object).map { "database of \($0.name)" }
      return names
    }
  }

  private struct Weak<Object: AnyObject> {
    weak var object: Object?
    init(_ object: Object) { self.object = object }
  }

  @Test func nothingIsLeftOfARunThatCameToRest() {
    var settings = ShopSettings(seed: 3, rate: 20)
    settings.mix = .ordinary
    var remains: Remains?
    do {
      let run = SimulationRun(settings, duration: 5_000_000_000)
      #expect(run.run().allHold)
      remains = Remains(of: run.world)
    }
    #expect(remains?.names == [])
  }

  /// In the middle of everything: calls that hang, customers who wait, machines that boot, a service that is rolled, a
  /// broker that is away.
  @Test(arguments: [
    ["payment-gateway:outage"], ["broker:broker-down", "db:shared:max-connections=12"], ["order/1:crash", "kv:down"],
    ["registry:partition", "group:payment:slow=2s", "gateway>order:latency=60s"],
  ])
  func nothingIsLeftOfAShopThatIsStoppedInTheMiddle(faults: [String]) throws {
    var settings = ShopSettings(seed: 4, rate: 20)
    settings.mix = .ordinary
    settings.strangler = try StranglerSettings(parsing: "review=25,order=50")
    settings.topology.databases = .shared
    settings.scenario = ScenarioLibrary.named("retry-storm")
    var remains: Remains?
    do {
      let shop = SimulatedShop(settings, startAt: 3_000_000_000, isStill: true)
      remains = Remains(of: shop.world)
      let catalogue = SimulatedShop.catalogue(settings.topology)
      for fault in faults { shop.perform(.arm(try FaultParser(catalogue: catalogue).parse(fault))) }
      shop.perform(.deploy(service: ShopPlan.review, version: "1.1.0", canary: nil))
      shop.world.time.run(until: shop.world.time.now + 4_000_000_000)
      remains?.add(shop.world)
      #expect(shop.world.customers.waiting > 0)
    }
    #expect(remains?.names == [])
  }

  /// A roll-out waits for this and that, and each wait must end.
  @Test(arguments: [6, 8, 9, 10, 12, 15]) func nothingIsLeftOfAShopThatRollsAService(seconds: Int64) {
    var remains: Remains?
    do {
      let shop = SimulatedShop(ShopSettings(seed: 5, rate: 2), startAt: 3_000_000_000, isStill: true)
      remains = Remains(of: shop.world)
      shop.perform(.deploy(service: ShopPlan.review, version: "1.1.0", canary: 0.5))
      shop.world.time.run(until: shop.world.time.now + seconds * 1_000_000_000)
      remains?.add(shop.world)
      #expect(shop.world.deployments.rollouts.contains { !$0.isFinished })
    }
    #expect(remains?.names == [])
  }

  /// A machine that crashes again and again does not fill the memory of the one that simulates it.
  @Test func aProcessIsGoneSoonAfterItsCrash() {
    let stage = Stage(rate: 20) { $0.mix = .ordinary }
    let remains = Remains(of: stage.world)
    for instance in stage.world.services.flatMap(\.instances) where !instance.service.plan.isOutside {
      instance.crash(because: "by hand")
    }
    stage.run(40)
    let left = remains.processes.compactMap(\.object).filter { !$0.instance.service.plan.isOutside }
    #expect(left.map { "\($0.instance.name), life \($0.number)" } == [])
  }
}
