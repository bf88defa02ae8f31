internal import Simulation

/// What a crash shortly before and shortly after a commit puts to the test.
enum CommitPlace {
  /// The transaction of a call.
  case call
  /// The transaction of a record's effect.
  case record
  /// The transaction in which a saga takes a step.
  case sagaStep
  /// The transaction in which a participant of a saga carries out a command.
  case command
  /// The one that forgets what is old.
  case prune
  /// The one that writes a view whose position is kept elsewhere.
  case view
  case other

  /// Where the transaction may sleep when it has begun, while others commit.
  var begun: CrashPoint? { self == .call ? .lateCommit : nil }

  var before: CrashPoint? {
    switch self {
    case .call: .beforeCommit
    case .record, .command, .view: .beforeEffect
    case .sagaStep, .prune, .other: nil
    }
  }

  var after: CrashPoint? {
    switch self {
    case .call: .afterCommit
    case .record: .effectCommitted
    case .sagaStep: .commandWritten
    case .command: .actionDone
    case .prune: .inboxPruned
    case .view: .viewWritten
    case .other: nil
    }
  }
}

/// The crashes that wait for their place, and how often each place was passed. Ports call it at those places; while
/// nothing is armed that costs an addition.
final class CrashPoints: @unchecked Sendable {
  private struct Armed {
    var spec: CrashSpec
    /// How often the place is still to be passed, this time included.
    var left: Int
  }

  struct Count: Sendable {
    var armed: UInt64 = 0
    var passed: UInt64 = 0
    var struck: UInt64 = 0
  }

  private unowned let world: World
  private var armed: [Armed] = []
  private var counts = [Count](repeating: Count(), count: CrashPoint.allCases.count)

  /// A relay that sleeps does so for longer than its lease. Whoever waits for a transaction that does waits for as long.
  private static let sleep: Int64 = 4_000_000_000

  init(world: World) {
    self.world = world
  }

  func count(of point: CrashPoint) -> Count { counts[point.rawValue - 1] }

  func arm(_ spec: CrashSpec) {
    counts[spec.point.rawValue - 1].armed += 1
    armed.append(Armed(spec: spec, left: spec.nth))
  }

  /// Those whose time has not come, and how often their place was passed since they were armed.
  var waiting: [(spec: CrashSpec, passed: Int)] { armed.map { ($0.spec, $0.spec.nth - $0.left) } }

  func disarm() { armed = [] }

  /// Whether a crash strikes here and now. Whoever is told so must crash, or sleep.
  func strike(_ point: CrashPoint, _ instance: ServiceInstance) -> CrashSpec? {
    counts[point.rawValue - 1].passed += 1
    return armed.isEmpty ? nil : due(point, instance)
  }

  private func due(_ point: CrashPoint, _ instance: ServiceInstance) -> CrashSpec? {
    var due: Int?
    for index in armed.indices {
      let spec = armed[index].spec
      guard spec.point == point, spec.service == instance.service.name,
        spec.instance ?? instance.number == instance.number
      else { continue }
      armed[index].left -= 1
      if armed[index].left <= 0, due == nil { due = index }
    }
    guard let due else { return nil }
    counts[point.rawValue - 1].struck += 1
    return armed.remove(at: due).spec
  }

  /// Ends the instance if its crash waits here. It is started again as any other, after the time that was ordered.
  func pass(_ point: CrashPoint, _ instance: ServiceInstance) throws(InstanceCrashed) {
    guard let spec = strike(point, instance) else { return }
    crash(instance, spec)
    throw InstanceCrashed()
  }

  func crash(_ instance: ServiceInstance, _ spec: CrashSpec) {
    world.stateChanged("crash-point", instance.name, spec.point.name, "\(spec)")
    instance.fail(because: "", downFor: spec.down)
  }

  /// Sleeps, as a process does that its machine does not let run, if that waits here.
  func sleepIfDue(_ point: CrashPoint, _ instance: ServiceInstance) async {
    guard let spec = strike(point, instance) else { return }
    world.stateChanged("crash-point", instance.name, spec.point.name, "\(spec)")
    await world.time.pause(for: Self.sleep)
  }
}
