internal import EventBus
internal import Operations
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel
internal import Wording

/// What becomes of a command: first an answer, from any thread, then the deed, on the simulation's.
struct CommandDesk {
  let world: World
  let snapshot: SystemSnapshot

  func outcome(of command: Command) -> CommandOutcome {
    if let refusal = missesLegacy(command) { return refusal }
    switch command {
    case .arm(let spec):
      let catalogue = ShopPlan.catalogue(world.settings.topology, world.settings.orderStore)
      if let reason = catalogue.obstacle(to: spec.kind.name, on: spec.target) {
        return .refused("\(spec.kind.name.rawValue) does not apply to \(spec.target): \(reason)")
      }
      if let reason = catalogue.obstacle(to: spec.scope, of: spec.kind.name, on: spec.target) {
        return .refused(reason)
      }
      return .done("armed: \(spec)")
    case .toggleFault(let id), .removeFault(let id):
      guard let fault = snapshot.faults.armed.first(where: { $0.id == id }) else {
        return .refused("this fault has ended already")
      }
      if case .removeFault = command { return .done("taken off: \(fault.spec)") }
      return .done(fault.isOn ? "switched off: \(fault.spec)" : "switched on: \(fault.spec)")
    case .endAllFaults:
      return .done(allFaultsEnded)
    case .forceBreaker(let id, let state): return force(id, state)
    case .resetBreaker(let id):
      guard let breaker = snapshot.breaker(id) else { return .refused("there is no breaker \(id) any more") }
      return .done("breaker \(breaker.label) reset")
    case .killInstance(let service, let name): return instance(name, of: service, "killed", wantsUp: true)
    case .startInstance(let service, let name): return instance(name, of: service, "started", wantsUp: false)
    case .retryDeadLetter(let topic, let partition, let offset):
      return letter(topic, partition, offset, "is delivered again")
    case .discardDeadLetter(let topic, let partition, let offset):
      return letter(topic, partition, offset, "discarded: its saga waits for somebody")
    case .moveOffsets(let move): return moved(move)
    case .moveSaga(let id, let move): return SagaDesk.outcome(of: move, on: id, snapshot)
    case .giveMoneyBack(let id): return RefundDesk.outcome(of: id, snapshot)
    case .sendOrder(let wish): return ordered(wish)
    case .setRate(let rate):
      guard rate >= 0, rate <= 10_000 else { return .refused("a rate is 0 to 10,000 transactions a second") }
      return .done("rate \(rate == rate.rounded() ? "\(Int(rate))" : "\(rate)")/s")
    case .startScenario(let name):
      guard let scenario = ScenarioLibrary.named(name) else {
        return .refused(
          "there is no scenario \(name); \(NearestNames.offer(for: name, among: ScenarioLibrary.all.map(\.name)))")
      }
      if let obstacle = world.settings.topology.obstacle(to: scenario) { return .refused(obstacle) }
      var settings = world.settings
      settings.scenario = scenario
      if let obstacle = settings.obstacle { return .refused(obstacle) }
      return .done("scenario \(name) started")
    case .stopScenario:
      guard let playing = snapshot.scenarios.playing else { return .refused("no scenario plays") }
      return .done("scenario \(playing.name) stopped")
    case .scale, .deploy, .promoteDeployment, .rollBackDeployment: return deployment(command)
    case .configure(let key, let value): return configured(key, value)
    case .rollBackConfiguration(let version): return configuration(backTo: version)
    case .rebuild(let view):
      guard snapshot.views.contains(where: { $0.name == view }) else {
        return .refused("there is no view \(view); \(NearestNames.offer(for: view, among: snapshot.views.map(\.name)))")
      }
      guard snapshot.jobs.first(where: { $0.name == ViewRebuild.name(of: view) })?.current == nil else {
        return .refused("\(view) is being rebuilt already")
      }
      return .done("rebuild of \(view) asked for")
    case .runJob(let name):
      guard let job = snapshot.jobs.first(where: { $0.name == name }) else {
        return .refused("there is no job \(name); \(NearestNames.offer(for: name, among: snapshot.jobs.map(\.name)))")
      }
      return job.current == nil ? .done("\(name) asked for") : .refused("\(name) is under way already")
    case .setSpeed(let speed):
      switch speed {
      case .asFastAsItCan: return .done("as fast as it can")
      case .paced(let factor): return .done("speed ×\(factor == factor.rounded() ? "\(Int(factor))" : "\(factor)")")
      }
    }
  }

  /// What an operator forced is no fault, and stays as it is: it is said, so that nobody waits for it to heal.
  private var allFaultsEnded: String {
    let (faults, forced) = (snapshot.faults.armed.count, snapshot.breakers.filter { $0.state == .forcedOpen }.count)
    let ended = faults == 0 ? "nothing is broken" : faults == 1 ? "1 fault ended" : "\(faults) faults ended"
    if forced == 0 { return ended }
    return ended + (forced == 1 ? "; 1 breaker stays forced open" : "; \(forced) breakers stay forced open")
      + ": c on page 3 closes it"
  }

  private func force(_ id: String, _ state: BreakerState) -> CommandOutcome {
    guard let breaker = snapshot.breaker(id) else { return .refused("there is no breaker \(id) any more") }
    guard let from = CircuitBreakerState(rawValue: breaker.state.rawValue),
      let to = CircuitBreakerState(rawValue: state.rawValue), from == to || from.mayBecome(to)
    else { return .refused("a breaker that is \(breaker.state.rawValue) cannot become \(state.rawValue)") }
    return .done("breaker \(breaker.label) is \(state.rawValue)")
  }

  private func instance(_ name: String, of service: String, _ verb: String, wantsUp: Bool) -> CommandOutcome {
    guard let owner = snapshot.service(service), let instance = owner.instances.first(where: { $0.name == name }) else {
      return .refused("there is no instance \(name)")
    }
    if owner.isOutside { return .refused("\(name) is not our machine") }
    let isUp = instance.health == .up || instance.health == .degraded || instance.workers != nil
    guard isUp == wantsUp else { return .refused("\(name) is \(wantsUp ? "not running" : "running already")") }
    return .done("\(name) \(verb)")
  }

  private func letter(_ topic: String, _ partition: Int, _ offset: Int64, _ deed: String) -> CommandOutcome {
    let name = Self.letterName(topic, partition, offset)
    guard let letters = try? world.broker.topic(Broker.deadLetterTopic(of: topic)),
      let bounds = try? letters.bounds(partition: partition), bounds.contains(offset), offset < bounds.upperBound
    else { return .refused("there is no dead letter \(name)") }
    let state = world.broker.deadLetterState(of: topic, partition: partition, offset: offset)
    guard state == .open else { return .refused("\(name) is \(state.rawValue) already") }
    return .done("\(name) \(deed)")
  }

  /// `payment.DLT[2] @1,204`
  private static func letterName(_ topic: String, _ partition: Int, _ offset: Int64) -> String {
    "\(Broker.deadLetterTopic(of: topic))[\(partition)] @\(Count.grouped(offset))"
  }

  private func moved(_ move: OffsetMove) -> CommandOutcome {
    do throws(BusError) {
      let preview = try world.broker.groups.previewSeek(
        group: move.group, topic: move.topic, partitions: move.partition.map { [$0] }, to: move.target)
      let words = move.target.words(now: snapshot.time)
      return .done("group \(move.group) on \(Self.place(move)) moved \(words): \(Self.sentence(preview))")
    } catch {
      return .refused("\(error)")
    }
  }

  private func ordered(_ wish: OrderWish) -> CommandOutcome {
    guard Product.all.contains(where: { $0.sku == wish.sku }) else {
      return .refused("there is no product \(wish.sku)")
    }
    guard SagaKind(rawValue: wish.saga) != nil else {
      let kinds = SagaKind.allCases.map(\.rawValue)
      return .refused("there is no saga \(wish.saga); \(NearestNames.offer(for: wish.saga, among: kinds))")
    }
    guard OrderWish.quantities.contains(wish.quantity) else {
      return .refused("an order is of 1 to \(Count.of(OrderWish.quantities.upperBound, "piece"))")
    }
    return .done("ordered: \(wish.sku) ×\(wish.quantity), \(isSoldByLegacy ? Self.soldByLegacy : wish.saga)")
  }

  /// It sells in a transaction of its own, whatever saga is wished for.
  private static let soldByLegacy = "by \(ShopPlan.legacy), which \(Customers.byHand) has not been moved from"

  private var isSoldByLegacy: Bool {
    guard let capability = snapshot.strangler?.capability(StranglerCapability.order.rawValue) else { return false }
    var strangler = StranglerSettings()
    strangler[.order] = capability.share
    return strangler.isLegacy(.order, user: Customers.byHand)
  }

  // MARK: The deed

  /// Whose deed a command is.
  enum Hand: String {
    case person = "by hand"
    case scenario = "by the scenario"
  }

  static func carryOut(_ command: Command, by hand: Hand = .person, in world: World) {
    switch command {
    case .arm(let spec): world.faults.arm(spec)
    case .toggleFault(let id): _ = world.faults.toggle(id)
    case .removeFault(let id): _ = world.faults.remove(id)
    case .endAllFaults: world.faults.removeAll()
    case .forceBreaker(let id, let state):
      guard let state = CircuitBreakerState(rawValue: state.rawValue) else { return }
      // An instance may have ended since the command was given.
      try? breaker(id, in: world)?.transition(to: state, now: world.time.now)
    case .resetBreaker(let id): breaker(id, in: world)?.reset(now: world.time.now)
    case .killInstance(let service, let name): setKilled(true, name, of: service, by: hand, in: world)
    case .startInstance(let service, let name): setKilled(false, name, of: service, by: hand, in: world)
    case .retryDeadLetter(let topic, let partition, let offset):
      attempt(letterName(topic, partition, offset), "retried by hand", world) { () throws(BusError) in
        try world.broker.retryDeadLetter(of: topic, partition: partition, offset: offset, now: world.time.now)
        settled(topic, partition, offset, "dead letter retried", world)
      }
    case .discardDeadLetter(let topic, let partition, let offset):
      attempt(letterName(topic, partition, offset), "discarded by hand", world) { () throws(BusError) in
        try world.broker.discardDeadLetter(of: topic, partition: partition, offset: offset, now: world.time.now)
        settled(topic, partition, offset, TransactionSummary.letterDiscarded, world)
      }
    case .moveOffsets(let move):
      self.move(move, in: world)
    case .moveSaga(let id, let move): SagaDesk(world: world).carryOut(move, on: id)
    case .giveMoneyBack(let id): RefundDesk(world: world).carryOut(id)
    case .sendOrder(let wish):
      guard let product = Product.all.first(where: { $0.sku == wish.sku }), let saga = SagaKind(rawValue: wish.saga)
      else { return }
      world.customers.order(wish, product, saga: saga)
    case .setRate(let rate): world.customers.rate = rate
    case .startScenario(let name): if let scenario = ScenarioLibrary.named(name) { world.stage.start(scenario) }
    case .stopScenario: world.stage.stop()
    case .scale, .deploy, .promoteDeployment, .rollBackDeployment: deploy(command, by: hand, in: world)
    case .configure(let key, let value):
      configure(in: world) { () throws(ConfigurationError) in
        try world.configuration.set(key, to: value, by: "operator")
      }
    case .rollBackConfiguration(let version):
      configure(in: world) { () throws(ConfigurationError) in
        try world.configuration.rollBack(to: version, by: "operator")
      }
    case .setSpeed: break
    case .rebuild(let view): _ = world.askForRebuild(of: view)
    case .runJob(let name): world.askFor(job: name)
    }
    log(command, by: hand, in: world)
  }

  private static func settled(_ topic: String, _ partition: Int, _ offset: Int64, _ words: String, _ world: World) {
    let letters = try? world.broker.topic(Broker.deadLetterTopic(of: topic))
    let letter = try? letters?.peek(partition: partition, from: offset, maximumRecords: 1).records.first
    for id in letter?.transactions ?? [] { world.transactions.letterSettled(of: id, "\(words): \(topic)") }
  }

  private static func move(_ move: OffsetMove, in world: World) {
    let change = "offsets of \(place(move)) moved \(move.target.words(now: world.time.now)) by hand"
    attempt("\(move.group)/\(move.topic)", change, world, reason: sentence) { () throws(BusError) in
      let done = try world.broker.groups.seek(
        group: move.group, topic: move.topic, partitions: move.partition.map { [$0] }, to: move.target,
        byOperator: true, now: world.time.now)
      world.observatory.noteMove(done, now: world.time.now)
      return done
    }
  }

  private static func place(_ move: OffsetMove) -> String { move.topic + (move.partition.map { "[\($0)]" } ?? "") }

  private static func sentence(_ done: SeekPreview) -> String {
    "\(Count.of(done.repeated, "record")) again, \(Count.grouped(done.skipped)) never read"
  }

  /// A command is part of what happened: with its virtual time, so that a run can be told from its journal.
  private static func log(_ command: Command, by hand: Hand, in world: World) {
    switch command {
    case .arm, .toggleFault, .removeFault, .endAllFaults, .startScenario, .stopScenario, .setSpeed, .configure,
      .rollBackConfiguration, .scale, .deploy, .promoteDeployment, .rollBackDeployment:
      return  // tell of themselves, or change nothing
    case .forceBreaker(let id, let state): tell(label(ofBreaker: id), "forced to \(state.rawValue)", world)
    case .resetBreaker(let id): tell(label(ofBreaker: id), "reset", world)
    case .killInstance: return  // its crash says so
    case .startInstance(_, let name): tell(name, "started \(hand.rawValue)", world)
    case .retryDeadLetter, .discardDeadLetter, .moveOffsets, .moveSaga, .giveMoneyBack:
      return  // what came of it was told
    case .sendOrder(let wish): tell("order", "\(wish.sku) ×\(wish.quantity) \(hand.rawValue)", world)
    case .rebuild(let view): tell(view, "rebuild asked for", world)
    case .runJob(let name): tell(name, "asked for", world)
    case .setRate(let rate): tell("load", "rate \(rate)/s", world)
    }
  }

  /// Does what the bus may refuse by now, and tells what came of it.
  private static func attempt<Value>(
    _ subject: String, _ change: String, _ world: World, reason: (Value) -> String = { _ in "" },
    _ deed: () throws(BusError) -> Value
  ) {
    do throws(BusError) {
      tell(subject, change, world, reason: try reason(deed()))
    } catch {
      world.tell(
        OperationalEvent(
          time: world.time.now, kind: .command, severity: .warning, subject: subject, change: "not \(change)",
          reason: "\(error)"))
    }
  }

  private static func tell(_ subject: String, _ change: String, _ world: World, reason: String = "") {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: .info, subject: subject, change: change, reason: reason))
  }

  /// `payment-1 → payment-gateway`, as its transitions are told.
  private static func label(ofBreaker id: String) -> String { id.replacing(">", with: " → ") }

  private static func breaker(_ id: String, in world: World) -> CircuitBreaker? {
    for process in world.services.flatMap(\.instances).compactMap(\.process) {
      if let client = process.clients.first(where: { $0.breakerID == id }) { return client.breaker }
    }
    return nil
  }

  private static func setKilled(
    _ isKilled: Bool, _ name: String, of service: String, by hand: Hand, in world: World
  ) {
    let instance = world.service(service).instances.first { $0.name == name }
    if isKilled { instance?.fail(because: "killed \(hand.rawValue)") } else { instance?.revive() }
  }
}
