internal import EventBus
internal import Operations
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel

/// What a service does with calls and records. One for each life of an instance, as a process would be.
protocol ShopService: Actor {
  func handle(_ request: Request, from context: TraceContext) async throws -> Response
  func handle(_ delivery: Delivery) async throws -> Handling
}

extension ShopService {
  func handle(_ delivery: Delivery) async throws -> Handling {
    preconditionFailure("\(Self.self) reads no topic")
  }
}

/// One instance of a service, over all of its lives.
final class ServiceInstance: @unchecked Sendable {
  let world: World
  let service: DeployedService
  /// Counted from 1.
  let number: Int
  let name: String
  private(set) var process: ServiceProcess?
  /// What it knows of the others. A copy lies on its disk, for its next life; the first one is what the operator gave it.
  var known = RegistryCache()
  private(set) var port: Int
  /// `payment-2:41873`
  private(set) var address: String
  private(set) var version = ServiceInstance.firstVersion
  /// When it got its port and its version.
  private(set) var placedAt: Int64
  static let firstVersion = "1.0.0"
  /// How a reason begins that is somebody's deed.
  static let killed = "killed"
  private(set) var restarts = 0
  private(set) var since: Int64
  /// True when it ended by itself or by hand: then it stays down until its supervisor or somebody starts it.
  var isKilled = false
  var supervisor: Supervisor
  /// Why its last process ended before its time; empty where nobody knows.
  private(set) var crashReason = ""
  /// Nobody starts it again by himself.
  var isLeftDown = false
  /// Which decision of the supervisor is the newest.
  var restartToken = 0
  /// Calls that were answered with the version it has now, checks of health left out, and how many of them with an error.
  private(set) var answered: (served: Int, failed: Int) = (0, 0)
  private var lives = 0
  private var isBooting = false
  /// Its next process takes no calls: whoever deploys it says when.
  private var startsOutOfService = false
  /// A program takes its time to come up, and what it had sent before it crashed arrives meanwhile.
  private static let bootTime: Int64 = 400_000_000
  /// What the last checks of its health found wrong, one after the other; empty when the last one went well.
  private(set) var failedChecks: [String] = []
  private var network: RandomStream
  private static let networkLatency = LatencyModel(floor: 0.15, mean: 0.15)

  init(world: World, service: DeployedService, number: Int) {
    self.world = world
    self.service = service
    self.number = number
    name = service.plan.instances == 1 && service.plan.isOutside ? service.name : "\(service.name)-\(number)"
    since = world.time.now
    placedAt = world.time.now
    supervisor = Supervisor(world.settings.supervision.policy(of: service.name), now: world.time.now)
    port = service.plan.firstPort + 2 * (number - 1)
    address = "\(name):\(port)"
    network = world.random("\(name)/network")
  }

  /// Nanoseconds of one way over the network to this instance, or back.
  func transit() -> Int64 { Self.networkLatency.sample(&network) }

  func checked(finding problem: String?) {
    if let problem { failedChecks.append(problem) } else { failedChecks = [] }
  }

  /// Why it counts as down although it runs: two checks in a row that failed. One may be chance.
  var ailment: String? { failedChecks.count >= 2 ? failedChecks.last : nil }

  /// Of two zones of the data centre.
  var zone: String { number % 2 == 1 ? "a" : "b" }
  var isUp: Bool { process != nil }
  /// It comes up in place of a program that has ended in order.
  var isBeingReplaced: Bool { isBooting && startsOutOfService }
  /// It is up, and nobody takes it out of service.
  var takesCalls: Bool { process.map { !$0.isClosed && !$0.isLeaving } ?? false }

  func noteAnswer(isError: Bool) {
    answered.served += 1
    if isError { answered.failed += 1 }
  }

  /// Starts the process: at once the first time, after that as soon as it has booted. Not after the end of the world.
  func start() {
    guard process == nil, !isBooting, !world.life.isOver else { return }
    guard lives > 0 else { return launch() }
    isBooting = true
    world.time.after(Self.bootTime) { [self] in
      isBooting = false
      guard process == nil, !isKilled, !world.faults.isCrashed(service.name, instance: number) else { return }
      restarts += 1
      launch()
      tell("started", .good)
      world.healthMayHaveChanged()
    }
  }

  private func launch() {
    lives += 1
    isLeftDown = false
    since = world.time.now
    failedChecks = []
    supervisor.started(at: world.time.now)
    let process = ServiceProcess(self, lives: lives)
    process.isLeaving = startsOutOfService
    startsOutOfService = false
    self.process = process
    process.start()
  }

  /// Ends the process with all that it was doing. Its database and its committed offsets stay.
  func crash(because reason: String = "") {
    guard let process else { return }
    self.process = nil
    since = world.time.now
    crashReason = reason
    process.end()
    tell("crashed", .bad, because: reason)
  }

  /// Another program on another port, in place of the one that has ended in order. It comes up when it has booted, and
  /// takes no calls until it is registered.
  func replace(with version: String) {
    stop()
    self.version = version
    port = world.nextPort()
    address = "\(name):\(port)"
    placedAt = world.time.now
    answered = (0, 0)
    isKilled = false
    startsOutOfService = true
    start()
  }

  /// Ends the process, and not as a crash.
  func stop() {
    let process = self.process
    self.process = nil
    since = world.time.now
    process?.end()
  }

  /// Is new here, and has never run: it gets a port that nobody has, and takes no calls until it is registered.
  func place(version: String) {
    self.version = version
    startsOutOfService = true
    port = world.nextPort()
    address = "\(name):\(port)"
  }

  private func tell(_ change: String, _ severity: OperationalEvent.Severity, because reason: String = "") {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .instance, severity: severity, subject: name, change: change,
        reason: reason, state: severity == .bad ? Health.down.rawValue : Health.up.rawValue))
  }

  /// Where a fault of another service's database strikes.
  func moment(database: String) -> FaultSwitchboard.Moment { FaultSwitchboard.Moment(service: database, instance: 0) }

  func moment(caller: String = "", route: String = "", user: String = "", partition: Int? = nil)
    -> FaultSwitchboard.Moment
  {
    FaultSwitchboard.Moment(
      service: service.name, instance: number, caller: caller, route: route, user: user, partition: partition)
  }
}

/// A service with all its instances, and what outlives them: its database.
final class DeployedService: @unchecked Sendable {
  let plan: ServicePlan
  private unowned let world: World
  private(set) var instances: [ServiceInstance] = []
  /// Where the balancer stands, which all callers share.
  private var turn = 0

  var name: String { plan.name }

  init(plan: ServicePlan, world: World) {
    self.plan = plan
    self.world = world
    instances = (1...plan.instances).map { ServiceInstance(world: world, service: self, number: $0) }
  }

  /// Of its instances; while it is rolled, that of the most, or of the first.
  var version: String {
    let versions = instances.map(\.version)
    return versions.max { left, right in
      (versions.count { $0 == left }, right) < (versions.count { $0 == right }, left)
    } ?? ServiceInstance.firstVersion
  }

  /// How many take calls.
  var serving: Int { instances.count { $0.takesCalls } }

  /// One more instance, which boots.
  func add(version: String) -> ServiceInstance {
    let number = (instances.map(\.number).max() ?? 0) + 1
    let instance = ServiceInstance(world: world, service: self, number: number)
    instance.place(version: version)
    // The operator gives it the list that the first ones had, as it is by now.
    if let registry = world.registryBook?.registry { instance.known.apply(registry.listing, now: world.time.now) }
    instances.append(instance)
    instance.start()
    return instance
  }

  func remove(_ instance: ServiceInstance) {
    instance.stop()
    instances.removeAll { $0 === instance }
    turn = 0
  }

  /// Each knows its service, and the world. Nobody may ask for one after this.
  func letGo() { instances = [] }

  /// The next instance in turn that is known to be up, or, if none is, the next one at all.
  func next() -> ServiceInstance {
    for _ in instances.indices {
      turn = (turn + 1) % instances.count
      if instances[turn].takesCalls { return instances[turn] }
    }
    return instances[turn]
  }
}
