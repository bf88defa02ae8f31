/// The first instances of a new version get a share of the traffic, and are looked at before the others follow.
public struct CanaryStage: Sendable, Hashable {
  /// So many instances; 1 or more.
  public var instances: Int
  /// Of the traffic, in hundredths of a percent.
  public var basisPoints: Int
  /// Nanoseconds until it goes on by itself; nil waits for ``RollingDeployment/promote()``.
  public var hold: Int64?

  public init(instances: Int = 1, basisPoints: Int, hold: Int64? = nil) {
    precondition(instances > 0 && (0...10_000).contains(basisPoints), "a canary is one instance at least, 0 to 100 %")
    self.instances = instances
    self.basisPoints = basisPoints
    self.hold = hold
  }
}

/// Brings a service to a new version under load, instance by instance: drained, deregistered, replaced, registered, UP.
///
/// It does nothing itself: ``next(now:)`` says what is to be done, and each outcome is reported. Never does it take
/// calls from an instance while as many as allowed take none. It ends with all instances on the new version or, when it
/// is aborted or a step fails too often, with all of them on their old one. Times are nanoseconds since the Unix epoch.
public struct RollingDeployment: Sendable {
  public enum Phase: Sendable, Hashable {
    case rolling
    /// The canaries are up and looked at; nil: until somebody promotes or aborts.
    case canary(until: Int64?)
    case rollingBack(reason: String)
    case completed
    case rolledBack(reason: String)
  }

  public enum Order: Sendable, Hashable {
    case instance(DeploymentInstruction)
    /// Of the traffic, in hundredths of a percent; 0 takes the canary route away.
    case canaryShare(basisPoints: Int)
  }

  public struct Member: Sendable, Hashable {
    public let id: String
    /// That it had before.
    public let oldVersion: String
    /// The last one it was started with.
    public internal(set) var version: String
    /// It takes calls.
    public internal(set) var isServing: Bool
    var work: InstanceWork?

    /// The step it is at; nil when nothing is done to it.
    public var step: DeploymentStep? { work?.step }
  }

  public let service: String
  public let version: String
  public let settings: DeploymentSettings
  public let canary: CanaryStage?
  public internal(set) var phase = Phase.rolling
  public internal(set) var members: [Member]
  /// The canaries were good, and the others follow.
  public private(set) var isPromoted = false
  private var isShareSet = false
  private var number = 0

  static let replacement: [DeploymentStep] = [.drain, .deregister, .replace, .register, .awaitHealth]

  /// - Parameter instances: ids, the version each runs, and whether it takes calls; in the order in which they follow.
  public init(
    of service: String, to version: String, instances: [(id: String, version: String, isServing: Bool)],
    settings: DeploymentSettings = DeploymentSettings(), canary: CanaryStage? = nil
  ) {
    precondition(Set(instances.map(\.id)).count == instances.count, "instances have different ids")
    self.service = service
    self.version = version
    self.settings = settings
    self.canary = canary
    members = instances.map {
      Member(id: $0.id, oldVersion: $0.version, version: $0.version, isServing: $0.isServing)
    }
  }

  public var isFinished: Bool {
    switch phase {
    case .completed, .rolledBack: true
    case .rolling, .canary, .rollingBack: false
    }
  }

  /// Instances that take no calls.
  public var unavailable: Int { members.count { !$0.isServing } }

  /// When to ask again although no outcome has come, at once if that is past; nil when there is nothing to wait for.
  public var deadline: Int64? {
    var deadlines = members.compactMap { $0.work?.deadline(settings) }
    if case .canary(let until?) = phase { deadlines.append(until) }
    return deadlines.min()
  }

  // MARK: What happens

  /// What is to be done now; each order comes once.
  public mutating func next(now: Int64) -> [Order] {
    guard !isFinished else { return [] }
    checkTimeouts(now: now)
    if case .canary(let until?) = phase, now >= until { promote() }
    takeMore()
    var orders: [Order] = []
    if let share = shareToSet(now: now) { orders.append(.canaryShare(basisPoints: share)) }
    for index in members.indices {
      let id = members[index].id
      if let instruction = members[index].work?.issue(number: number + 1, instance: id, now: now) {
        number += 1
        if instruction.step == .drain { members[index].isServing = false }
        orders.append(.instance(instruction))
      }
    }
    finishIfDone()
    return orders
  }

  /// What came of an instruction. One that was given up meanwhile is passed over.
  public mutating func report(_ number: Int, _ outcome: DeploymentOutcome, now: Int64) {
    guard let index = members.firstIndex(where: { $0.work?.issued == number }) else { return }
    settle(index, outcome, now: now)
  }

  /// An instance to which nothing is being done has crashed, or has come back.
  public mutating func observe(_ id: String, isServing: Bool) {
    guard let index = members.firstIndex(where: { $0.id == id }), members[index].work == nil else { return }
    members[index].isServing = isServing
  }

  /// The canaries have been looked at, and are good.
  public mutating func promote() {
    guard case .canary = phase else { return }
    isPromoted = true
    phase = .rolling
  }

  /// All instances go back to their old version, one by one as they came.
  public mutating func abort(reason: String) {
    switch phase {
    case .rollingBack, .completed, .rolledBack: return
    case .rolling, .canary: phase = .rollingBack(reason: reason)
    }
    for index in members.indices { turnBack(index) }
  }

  // MARK: Inside

  private mutating func settle(_ index: Int, _ outcome: DeploymentOutcome, now: Int64) {
    guard var work = members[index].work, let step = work.step else { return }
    switch outcome {
    case .done:
      if step == .replace { members[index].version = work.version }
      work.advance()
      members[index].work = work.step == nil ? nil : work
      if work.step == nil { members[index].isServing = true }
    case .failed(let reason):
      work.retry(at: now.saturatingAdd(settings.retryDelay))
      members[index].work = work
      if case .rollingBack = phase { return }
      guard work.attempts >= settings.attempts else { return }
      abort(reason: "\(members[index].id), \(step.rawValue): \(reason)")
    }
  }

  private mutating func checkTimeouts(now: Int64) {
    for index in members.indices {
      guard let work = members[index].work, let step = work.step, work.issued != nil,
        now - work.issuedAt >= settings.timeout(of: step)
      else { continue }
      // Calls that do not end are cut off; anything else must have happened before the next step.
      settle(index, step == .drain ? .done : .failed("no outcome in time"), now: now)
    }
  }

  /// Takes more instances into work, those first that take no calls anyway.
  private mutating func takeMore() {
    if case .canary = phase { return }
    var room = settings.maximumUnavailable - unavailable
    let order = members.indices.sorted { (members[$0].isServing ? 1 : 0, $0) < (members[$1].isServing ? 1 : 0, $1) }
    for index in order where members[index].work == nil && members[index].version != goal(of: members[index]) {
      if isWaitingForCanaries { return }
      // Not yet issued, a drain still takes calls: what is in work counts as gone.
      if members[index].isServing {
        guard room > 0 else { continue }
        room -= 1
      }
      members[index].work = InstanceWork(Self.replacement, version: goal(of: members[index]))
    }
  }

  private func goal(of member: Member) -> String {
    if case .rollingBack = phase { return member.oldVersion }
    return version
  }

  /// As many canaries as wanted are up or on their way.
  private var isWaitingForCanaries: Bool {
    guard case .rolling = phase, let canary, !isPromoted else { return false }
    return members.count { $0.work != nil || $0.version == version } >= canary.instances
  }

  /// A new share for the canaries; nil leaves it. They have it before they are listed, and none from the moment on at which
  /// they are taken back: whoever sees one knows how many calls are for it. Reaching the canary stage is noticed here.
  private mutating func shareToSet(now: Int64) -> Int? {
    switch phase {
    case .rolling where !isPromoted:
      guard let canary, canary.instances < members.count else { return nil }
      let isUp = members.allSatisfy { $0.work == nil }
      if isUp, members.count(where: { $0.version == version }) >= canary.instances {
        phase = .canary(until: canary.hold.map { now.saturatingAdd($0) })
      }
      guard !isShareSet, members.contains(where: { $0.version == version }) else { return nil }
      isShareSet = true
      return canary.basisPoints
    case .canary: return nil
    default:
      guard isShareSet else { return nil }
      isShareSet = false
      return 0
    }
  }

  private mutating func turnBack(_ index: Int) {
    guard let work = members[index].work, let step = work.step else { return }
    let old = members[index].oldVersion
    let isOutOfList: [DeploymentStep] = [.register, .awaitHealth]
    switch step {
    case .drain where work.issued == nil && work.attempts == 0: members[index].work = nil
    case .drain, .deregister: members[index].work = InstanceWork(isOutOfList, version: old)
    case .replace where work.issued == nil && work.attempts == 0:
      members[index].work = InstanceWork(isOutOfList, version: old)
    // Whether it was replaced already nobody knows.
    case .replace, .register: members[index].work = InstanceWork([.replace] + isOutOfList, version: old)
    case .awaitHealth: members[index].work = InstanceWork(Self.replacement, version: old)
    case .start, .stop: preconditionFailure("a rolling deployment starts and stops nothing but by replacing it")
    }
  }

  private mutating func finishIfDone() {
    guard members.allSatisfy({ $0.work == nil && $0.version == goal(of: $0) }) else { return }
    switch phase {
    case .rolling: phase = .completed
    case .rollingBack(let reason): phase = .rolledBack(reason: reason)
    case .canary, .completed, .rolledBack: return
    }
  }
}
