/// Brings a service to another number of instances: new ones are started, registered and UP; those who go are drained,
/// deregistered and stopped, the newest first.
///
/// It does nothing itself: ``next(now:)`` says what is to be done, and each outcome is reported; a step that fails is
/// tried again. Times are nanoseconds since the Unix epoch.
public struct Scaling: Sendable {
  private struct Job: Sendable {
    let id: String
    var work: InstanceWork
  }

  public let service: String
  public let target: Int
  public let settings: DeploymentSettings
  private var remaining: [String]
  private var jobs: [Job]
  private var number = 0
  /// Failures so far, of which each was followed by another try.
  public private(set) var failures = 0

  /// - Parameters:
  ///   - instances: ids, oldest first.
  ///   - target: how many there shall be; 0 or more.
  ///   - name: the id of the `n`th new one, 0 …; different from all that are there.
  public init(
    of service: String, instances: [String], to target: Int, version: String,
    settings: DeploymentSettings = DeploymentSettings(), name: (_ number: Int) -> String
  ) {
    precondition(target >= 0, "a service has 0 instances or more")
    self.service = service
    self.target = target
    self.settings = settings
    remaining = Array(instances.prefix(target))
    let leaving = instances.dropFirst(target).reversed().map {
      Job(id: $0, work: InstanceWork([.drain, .deregister, .stop], version: version))
    }
    let coming = (0..<max(0, target - instances.count)).map {
      Job(id: name($0), work: InstanceWork([.start, .register, .awaitHealth], version: version))
    }
    jobs = Array(leaving) + coming
    precondition(
      Set(instances + coming.map(\.id)).count == instances.count + coming.count, "instances have different ids")
  }

  public var isFinished: Bool { jobs.isEmpty }

  /// Those that are there for good, oldest first; while it runs, without those that come or go.
  public var instances: [String] { remaining }

  public var deadline: Int64? { jobs.compactMap { $0.work.deadline(settings) }.min() }

  /// What is to be done now; each order comes once.
  public mutating func next(now: Int64) -> [DeploymentInstruction] {
    for index in jobs.indices.reversed() {
      let work = jobs[index].work
      guard let step = work.step, work.issued != nil, now - work.issuedAt >= settings.timeout(of: step) else {
        continue
      }
      settle(index, step == .drain ? .done : .failed("no outcome in time"), now: now)
    }
    var orders: [DeploymentInstruction] = []
    for index in jobs.indices {
      let id = jobs[index].id
      guard let order = jobs[index].work.issue(number: number + 1, instance: id, now: now) else { continue }
      number += 1
      orders.append(order)
    }
    return orders
  }

  public mutating func report(_ number: Int, _ outcome: DeploymentOutcome, now: Int64) {
    guard let index = jobs.firstIndex(where: { $0.work.issued == number }) else { return }
    settle(index, outcome, now: now)
  }

  private mutating func settle(_ index: Int, _ outcome: DeploymentOutcome, now: Int64) {
    switch outcome {
    case .done:
      jobs[index].work.advance()
      guard jobs[index].work.step == nil else { return }
      let job = jobs.remove(at: index)
      if job.work.steps.first == .start { remaining.append(job.id) }
    case .failed:
      failures += 1
      jobs[index].work.retry(at: now.saturatingAdd(settings.retryDelay))
    }
  }
}
