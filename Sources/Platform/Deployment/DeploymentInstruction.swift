/// One thing to do to an instance.
public enum DeploymentStep: String, Sendable, Hashable, CaseIterable {
  /// No new calls, running ones end.
  case drain
  /// Off the registry's list.
  case deregister
  /// Stop it, and start it with another version.
  case replace
  /// Start one that was not there.
  case start
  /// On the registry's list, taking calls.
  case register
  /// Wait until it is UP.
  case awaitHealth
  case stop
}

/// What the caller is to carry out. Its outcome is reported by its number.
public struct DeploymentInstruction: Sendable, Hashable {
  /// Unique within the operation.
  public let number: Int
  public let instance: String
  public let step: DeploymentStep
  /// The version it concerns.
  public let version: String
}

public enum DeploymentOutcome: Sendable, Hashable {
  case done
  case failed(String)
}

/// How patient a deployment is; times in nanoseconds.
public struct DeploymentSettings: Sendable, Hashable {
  /// So many instances at most take no calls at a time; 1 or more.
  public var maximumUnavailable: Int
  /// Running calls that have not ended by then are cut off.
  public var drainTimeout: Int64
  /// Any other step without an outcome by then has failed.
  public var stepTimeout: Int64
  /// So often a step is tried before all goes back; on the way back without limit.
  public var attempts: Int
  public var retryDelay: Int64

  public init(
    maximumUnavailable: Int = 1, drainTimeout: Int64 = 30_000_000_000, stepTimeout: Int64 = 120_000_000_000,
    attempts: Int = 2, retryDelay: Int64 = 5_000_000_000
  ) {
    precondition(
      maximumUnavailable > 0 && drainTimeout > 0 && stepTimeout > 0 && attempts > 0 && retryDelay > 0,
      "a deployment takes one instance at a time at least, and tries each step once at least")
    self.maximumUnavailable = maximumUnavailable
    self.drainTimeout = drainTimeout
    self.stepTimeout = stepTimeout
    self.attempts = attempts
    self.retryDelay = retryDelay
  }

  func timeout(of step: DeploymentStep) -> Int64 { step == .drain ? drainTimeout : stepTimeout }
}

/// The steps of one instance, one after the other.
struct InstanceWork: Sendable, Hashable {
  let version: String
  let steps: [DeploymentStep]
  var position = 0
  /// The instruction that is being carried out.
  var issued: Int?
  var issuedAt: Int64 = 0
  /// Not to be issued before.
  var notBefore: Int64 = .min
  var attempts = 0

  init(_ steps: [DeploymentStep], version: String) {
    self.steps = steps
    self.version = version
  }

  /// Nil when all is done.
  var step: DeploymentStep? { position < steps.count ? steps[position] : nil }

  mutating func issue(number: Int, instance: String, now: Int64) -> DeploymentInstruction? {
    guard let step, issued == nil, now >= notBefore else { return nil }
    issued = number
    issuedAt = now
    return DeploymentInstruction(number: number, instance: instance, step: step, version: version)
  }

  mutating func advance() {
    position += 1
    issued = nil
    attempts = 0
    notBefore = .min
  }

  mutating func retry(at time: Int64) {
    issued = nil
    attempts += 1
    notBefore = time
  }

  /// When something happens without an outcome: a time-out, or the next try.
  func deadline(_ settings: DeploymentSettings) -> Int64? {
    guard let step else { return nil }
    return issued == nil ? notBefore : issuedAt.saturatingAdd(settings.timeout(of: step))
  }
}
