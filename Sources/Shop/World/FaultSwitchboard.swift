internal import Operations
internal import Simulation

/// The faults that are armed, and what they do to a call, a record, a database or an instance right now.
final class FaultSwitchboard: @unchecked Sendable {
  struct Entry {
    var fault: ArmedFault
    var random: RandomStream
    var timeout: Timeout?
    /// Records of poison that are still to come.
    var poisonLeft: Int
  }

  unowned let world: World
  var entries: [Entry] = []
  /// The widest that any clock has been off in this run, in nanoseconds.
  var widestSkew: Int64 = 0
  var isLeaking = false
  private var count = 0
  /// Of each kind, how often it was armed, and how many of those that are gone by now have hurt anything.
  private var armedByKind: [FaultKind.Name: UInt64] = [:]
  private var struckByKind: [FaultKind.Name: UInt64] = [:]

  init(world: World) {
    self.world = world
  }

  var armed: [ArmedFault] { entries.map(\.fault) }

  // MARK: Switching

  @discardableResult
  func arm(_ spec: FaultSpec) -> ArmedFault {
    count += 1
    armedByKind[spec.kind.name, default: 0] += 1
    let now = world.time.now
    let fault = ArmedFault(id: count, spec: spec, armedAt: now, endsAt: spec.timeToLive.map { now + $0 })
    entries.append(
      Entry(
        fault: fault, random: world.random("fault/\(count)/\(spec)"), timeout: timeout(for: fault),
        poisonLeft: spec.kind.poisonCount))
    tell(fault, "armed")
    apply(spec)
    return fault
  }

  /// False when there is no such fault.
  func toggle(_ id: Int) -> ArmedFault? {
    guard let index = entries.firstIndex(where: { $0.fault.id == id }) else { return nil }
    entries[index].timeout?.cancel()
    entries[index].fault.isOn.toggle()
    if entries[index].fault.isOn {
      entries[index].fault.armedAt = world.time.now
      entries[index].fault.endsAt = entries[index].fault.spec.timeToLive.map { world.time.now + $0 }
      entries[index].timeout = timeout(for: entries[index].fault)
      entries[index].poisonLeft = entries[index].fault.spec.kind.poisonCount
    }
    let fault = entries[index].fault
    tell(fault, fault.isOn ? "on again" : "off")
    apply(fault.spec)
    return fault
  }

  func remove(_ id: Int, because reason: String = "taken off") -> Bool {
    guard let index = entries.firstIndex(where: { $0.fault.id == id }) else { return false }
    let entry = entries.remove(at: index)
    entry.timeout?.cancel()
    if entry.fault.hits > 0 { struckByKind[entry.fault.spec.kind.name, default: 0] += 1 }
    tell(entry.fault, reason)
    apply(entry.fault.spec)
    return true
  }

  func removeAll() {
    for fault in armed { _ = remove(fault.id, because: "all faults off") }
  }

  private func timeout(for fault: ArmedFault) -> Timeout? {
    guard let timeToLive = fault.spec.timeToLive else { return nil }
    return world.time.after(timeToLive) { [unowned self] in _ = self.remove(fault.id, because: "over") }
  }

  /// Some act at once; the others are asked about when their moment comes.
  private func apply(_ spec: FaultSpec) {
    switch spec.kind {
    case .crash: world.applyCrashes()
    case .pool: fitPools()
    case .maxConnections: world.sharedDatabase?.fitLimit()
    case .brokerDown: applyBrokerDown()
    case .leak: startLeaking()
    case .skew(let offset): widestSkew = max(widestSkew, abs(offset))
    case .mistake: build(spec)
    case .latency, .errors, .databaseDown, .outage, .slowConsumer, .partition, .loseBeforeOutbox, .poison, .duplicate,
      .full, .down:
      break
    }
    world.healthMayHaveChanged()
  }

  private func tell(_ fault: ArmedFault, _ change: String) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .fault, severity: change == "armed" || change == "on again" ? .warning : .good,
        subject: "\(fault.spec.target)", change: change, reason: "\(fault.spec)", state: fault.spec.kind.name.rawValue))
  }

  func countOpenedBreaker() { for index in entries.indices { entries[index].fault.openedSince += 1 } }
  func countCompensated() { for index in entries.indices { entries[index].fault.compensatedSince += 1 } }

  /// How many faults of a kind were armed, and how many of them have hurt anything so far.
  func trials(of kind: FaultKind.Name) -> (armed: UInt64, struck: UInt64) {
    let there = entries.count { $0.fault.spec.kind.name == kind && $0.fault.hits > 0 }
    return (armedByKind[kind] ?? 0, (struckByKind[kind] ?? 0) + UInt64(there))
  }

  // MARK: What is broken

  /// A place where a fault can strike.
  struct Moment {
    var service: String
    var instance: Int
    var caller = ""
    var route = ""
    var user = ""
    var partition: Int?
    /// Set where a record is put on a topic, where only the faults of that topic strike.
    var topic: String?
    /// True on the caller's side, where only the faults of the edge itself strike.
    var isOnEdge = false
  }

  func isCrashed(_ service: String, instance: Int) -> Bool {
    entries.contains {
      $0.fault.isOn && $0.fault.spec.kind == .crash && Self.covers($0.fault.spec.target, service, instance)
    }
  }

  /// An instance that was up has ended: is it that it was ordered to?
  func noteCrash(of service: String, instance: Int) {
    for index in entries.indices where entries[index].fault.isOn && entries[index].fault.spec.kind == .crash {
      if Self.covers(entries[index].fault.spec.target, service, instance) { entries[index].fault.hits += 1 }
    }
  }

  /// Nanoseconds by which an answer comes late.
  func latency(_ moment: Moment) -> Int64 {
    guard !entries.isEmpty else { return 0 }
    var late: Int64 = 0
    for index in entries.indices {
      if case .latency(let delay) = entries[index].fault.spec.kind, strikes(index, moment) { late += delay }
    }
    return min(late, FaultKind.longestDelay)
  }

  func fails(_ moment: Moment) -> Bool {
    for index in entries.indices {
      guard case .errors(let share) = entries[index].fault.spec.kind, covers(index, moment) else { continue }
      if entries[index].random.happens(share * entries[index].fault.spec.scope.share) {
        entries[index].fault.hits += 1
        return true
      }
    }
    return false
  }

  func isSilent(_ moment: Moment) -> Bool {
    for index in entries.indices where entries[index].fault.spec.kind == .outage {
      if strikes(index, moment) { return true }
    }
    return false
  }

  func isDatabaseDown(_ moment: Moment) -> Bool {
    for index in entries.indices where entries[index].fault.spec.kind == .databaseDown {
      if strikes(index, moment) { return true }
    }
    return false
  }

  /// Whether a database may refuse, be it now and then. To look at it is no use of it: nothing is counted, and no
  /// chance is drawn.
  func mayKeepFromDatabase(_ moment: Moment) -> Bool {
    entries.indices.contains { entries[$0].fault.spec.kind == .databaseDown && covers($0, moment) }
  }

  /// Nanoseconds that a record takes longer.
  func slowness(_ moment: Moment) -> Int64 {
    guard !entries.isEmpty else { return 0 }
    var slow: Int64 = 0
    for index in entries.indices {
      if case .slowConsumer(let delay) = entries[index].fault.spec.kind, strikes(index, moment) { slow += delay }
    }
    return min(slow, FaultKind.longestDelay)
  }

  func strikes(_ index: Int, _ moment: Moment) -> Bool {
    guard covers(index, moment) else { return false }
    let share = entries[index].fault.spec.scope.share
    guard share >= 1 || entries[index].random.happens(share) else { return false }
    entries[index].fault.hits += 1
    return true
  }

  func covers(_ index: Int, _ moment: Moment) -> Bool {
    let fault = entries[index].fault
    guard fault.isOn else { return false }
    let scope = fault.spec.scope
    // What has no user or comes from no partition, such as a check of health, is outside every such scope.
    if let route = scope.route, moment.route != route, !moment.route.hasSuffix(" " + route) { return false }
    if let user = scope.user, moment.user != user { return false }
    if let partition = scope.partition, moment.partition != partition { return false }
    if case .edge(let from, let to) = fault.spec.target {
      return moment.isOnEdge && from == moment.caller && to == moment.service
    }
    if case .topic(let name) = fault.spec.target { return moment.topic == name }
    return !moment.isOnEdge && moment.topic == nil
      && Self.covers(fault.spec.target, moment.service, moment.instance)
  }

  static func covers(_ target: FaultTarget, _ service: String, _ instance: Int) -> Bool {
    switch target {
    case .service(let name), .database(let name), .group(let name): name == service
    case .instance(let name, let number): name == service && number == instance
    case .edge, .topic, .broker, .keyValueStore: false
    }
  }
}
