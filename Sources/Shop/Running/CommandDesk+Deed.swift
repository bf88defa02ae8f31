internal import EventBus
internal import Operations
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel

/// What a command does, on the simulation's thread.
extension CommandDesk {
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
    case .forceBreaker(let id, let state): force(id, state, in: world)
    case .resetBreaker(let id): breaker(id, in: world)?.reset(now: world.time.now)
    case .killInstance(let service, let name): setKilled(true, name, of: service, by: hand, in: world)
    case .startInstance(let service, let name): setKilled(false, name, of: service, by: hand, in: world)
    case .retryDeadLetter, .discardDeadLetter: settle(command, in: world)
    case .moveOffsets(let move): self.move(move, in: world)
    case .moveSaga(let id, let move): SagaDesk(world: world).carryOut(move, on: id)
    case .giveMoneyBack(let id): RefundDesk(world: world).carryOut(id)
    case .sendOrder(let wish): order(wish, in: world)
    case .setRate(let rate): world.customers.rate = rate
    case .startScenario(let name):
      if let scenario = world.settings.scenario(named: name) { world.stage.start(scenario) }
    case .stopScenario: world.stage.stop()
    case .scale, .deploy, .promoteDeployment, .rollBackDeployment: deploy(command, by: hand, in: world)
    case .configure, .rollBackConfiguration: configure(command, in: world)
    case .setSpeed: break
    case .rebuild(let view): _ = world.askForRebuild(of: view)
    case .runJob(let name): world.askFor(job: name)
    }
    log(command, by: hand, in: world)
  }

  private static func force(_ id: String, _ state: BreakerState, in world: World) {
    guard let state = CircuitBreakerState(rawValue: state.rawValue) else { return }
    // An instance may have ended since the command was given.
    try? breaker(id, in: world)?.transition(to: state, now: world.time.now)
  }

  private static func order(_ wish: OrderWish, in world: World) {
    guard let product = Product.all.first(where: { $0.sku == wish.sku }), let saga = SagaKind(rawValue: wish.saga)
    else { return }
    world.customers.order(wish, product, saga: saga)
  }

  /// A dead letter is delivered again, or put aside for good.
  private static func settle(_ command: Command, in world: World) {
    switch command {
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
    default: preconditionFailure("\(command) is about no dead letter")
    }
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

  static func place(_ move: OffsetMove) -> String { move.topic + (move.partition.map { "[\($0)]" } ?? "") }

  static func sentence(_ done: SeekPreview) -> String {
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
    guard isKilled else {
      instance?.revive()
      return
    }
    // What a script kills stays down until it says otherwise.
    instance?.fail(because: "\(ServiceInstance.killed) \(hand.rawValue)", staysDown: hand == .scenario)
  }
}
