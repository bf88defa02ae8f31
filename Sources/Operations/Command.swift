public import TraceModel

/// What an operator may do to a running system.
public enum Command: Sendable, Equatable, Codable {
  case arm(FaultSpec)
  /// Switches one armed fault off and on again, its settings kept.
  case toggleFault(id: Int)
  /// Takes one armed fault away.
  case removeFault(id: Int)
  /// Ends every fault.
  case endAllFaults
  case forceBreaker(id: String, to: BreakerState)
  case resetBreaker(id: String)
  /// Ends an instance as a crash would; its supervisor may bring it back.
  case killInstance(service: String, instance: String)
  case startInstance(service: String, instance: String)
  /// Puts a dead letter back into its topic: `topic` is that topic, place and offset are those of the letter.
  case retryDeadLetter(topic: String, partition: Int, offset: Int64)
  /// Notes that a dead letter is not worth another try.
  case discardDeadLetter(topic: String, partition: Int, offset: Int64)
  case moveOffsets(OffsetMove)
  /// Of a saga that is STUCK: what its coordinator does next.
  case moveSaga(GTXID, SagaMove)
  /// Sends one order in, as a customer does.
  case sendOrder(OrderWish)
  /// Transactions a second.
  case setRate(Double)
  /// Plays a scenario of the system's own, from its beginning; one that plays is stopped before.
  case startScenario(name: String)
  /// Stops the one that plays: its faults end, and the rate is what it was before.
  case stopScenario
  case setSpeed(Speed)
  /// Publishes a configuration with one other value, which is pushed to all instances: `order.pool`, `20`.
  case configure(key: String, value: String)
  /// Publishes an earlier version of the configuration again.
  case rollBackConfiguration(version: Int)
  /// Brings a service to so many instances.
  case scale(service: String, instances: Int)
  /// Brings a service to another version, instance by instance. With a share, 0…1, one instance is a canary first, which
  /// gets that share of the calls until it is promoted or taken back.
  case deploy(service: String, version: String, canary: Double?)
  /// The canary is good: the other instances follow.
  case promoteDeployment(service: String)
  /// What is under way goes back; what was completed is undone.
  case rollBackDeployment(service: String)
  /// Builds a view anew beside the one that serves, and puts it in its place.
  case rebuild(view: String)
  /// Runs a batch job now, whatever its schedule says.
  case runJob(name: String)
  /// Gives back what was charged in a transaction whose order is not paid, as reconciliation has found.
  case giveMoneyBack(GTXID)
}

/// What somebody does to a saga that is STUCK.
public enum SagaMove: String, Sendable, Equatable, Codable, CaseIterable {
  /// Tries the step, or its undo, again, with all attempts anew.
  case retry
  /// Goes on as if the step were done, or undone.
  case skip
  /// Ends it where it stands: what is left to do is not done.
  case end
}

/// What became of a ``Command``, in a sentence for the person who gave it.
public enum CommandOutcome: Sendable, Equatable, Codable {
  case done(String)
  case refused(String)

  public var sentence: String {
    switch self {
    case .done(let sentence), .refused(let sentence): sentence
    }
  }
}

/// How fast simulated time goes by.
public enum Speed: Sendable, Equatable, Codable {
  /// Virtual seconds in one second: 0.1 to 100.
  case paced(Double)
  case asFastAsItCan

  public static let range = 0.1...100.0

  /// Reads `10`, `x10`, `×10`, `0.5` or `max`. Nil for anything else, and outside ``range``.
  public init?(_ text: some StringProtocol) {
    let word = text.lowercased()
    if word == "max" {
      self = .asFastAsItCan
      return
    }
    let number = word.hasPrefix("x") || word.hasPrefix("×") ? String(word.dropFirst()) : word
    guard let factor = Double(number), Self.range.contains(factor) else { return nil }
    self = .paced(factor)
  }
}
