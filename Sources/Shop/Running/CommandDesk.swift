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
    case .arm, .toggleFault, .removeFault, .endAllFaults: return fault(command)
    case .forceBreaker(let id, let state): return force(id, state)
    case .resetBreaker(let id): return reset(id)
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
    case .setRate(let rate): return rated(rate)
    case .startScenario(let name): return scenario(name)
    case .stopScenario: return scenarioStopped
    case .scale, .deploy, .promoteDeployment, .rollBackDeployment: return deployment(command)
    case .configure(let key, let value): return configured(key, value)
    case .rollBackConfiguration(let version): return configuration(backTo: version)
    case .rebuild(let view): return rebuilt(view)
    case .runJob(let name): return job(name)
    case .setSpeed(let speed): return sped(speed)
    }
  }

  private func force(_ id: String, _ state: BreakerState) -> CommandOutcome {
    guard let breaker = snapshot.breaker(id) else { return .refused("there is no breaker \(id) any more") }
    guard let from = CircuitBreakerState(rawValue: breaker.state.rawValue),
      let to = CircuitBreakerState(rawValue: state.rawValue), from == to || from.mayBecome(to)
    else { return .refused("a breaker that is \(breaker.state.rawValue) cannot become \(state.rawValue)") }
    return .done("breaker \(breaker.label) is \(state.rawValue)")
  }

  private func reset(_ id: String) -> CommandOutcome {
    guard let breaker = snapshot.breaker(id) else { return .refused("there is no breaker \(id) any more") }
    return .done("breaker \(breaker.label) reset")
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
  static func letterName(_ topic: String, _ partition: Int, _ offset: Int64) -> String {
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
      let (first, last) = (Product.all[0].sku, Product.all[Product.all.count - 1].sku)
      return .refused("there is no product \(wish.sku); there are \(first) to \(last)")
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

  private func rated(_ rate: Double) -> CommandOutcome {
    guard rate >= 0, rate <= 10_000 else { return .refused("a rate is 0 to 10,000 transactions a second") }
    return .done("rate \(Self.plain(rate))/s")
  }

  private func sped(_ speed: Speed) -> CommandOutcome {
    switch speed {
    case .asFastAsItCan: .done("as fast as it can")
    case .paced(let factor): .done("speed ×\(Self.plain(factor))")
    }
  }

  private static func plain(_ number: Double) -> String {
    number == number.rounded() ? "\(Int(number))" : "\(number)"
  }

  private func rebuilt(_ view: String) -> CommandOutcome {
    guard snapshot.views.contains(where: { $0.name == view }) else {
      return .refused("there is no view \(view); \(NearestNames.offer(for: view, among: snapshot.views.map(\.name)))")
    }
    guard snapshot.jobs.first(where: { $0.name == ViewRebuild.name(of: view) })?.current == nil else {
      return .refused("\(view) is being rebuilt already")
    }
    return .done("rebuild of \(view) asked for")
  }

  private func job(_ name: String) -> CommandOutcome {
    guard let job = snapshot.jobs.first(where: { $0.name == name }) else {
      return .refused("there is no job \(name); \(NearestNames.offer(for: name, among: snapshot.jobs.map(\.name)))")
    }
    return job.current == nil ? .done("\(name) asked for") : .refused("\(name) is under way already")
  }
}
