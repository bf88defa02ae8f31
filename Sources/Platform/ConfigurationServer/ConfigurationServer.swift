internal import OrderedCollections

/// A line of a configuration, for showing what changed: `routes.order.weight`, `2`.
public struct ConfigurationEntry: Sendable, Hashable {
  public var key: String
  public var value: String

  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

/// What differs between two versions, by key.
public enum ConfigurationDifference: Sendable, Hashable {
  case added(key: String, value: String)
  case removed(key: String, value: String)
  case changed(key: String, from: String, to: String)
}

/// Why a configuration was not published.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Sentences.
  case invalid([String])
  case unknownVersion(Int, kept: ClosedRange<Int>)
  /// Nobody is there to take it.
  case unavailable(String)
  /// Another has published since the version on which this one is based.
  case outdated(based: Int, current: Int)

  public var description: String {
    switch self {
    case .invalid(let problems): "the configuration is not published: " + problems.joined(separator: "; ")
    case .unknownVersion(let version, let kept):
      "there is no version \(version), only \(kept.lowerBound) to \(kept.upperBound) are kept"
    case .unavailable(let reason): "the configuration is not published: \(reason)"
    case .outdated(let based, let current):
      "the change is based on version \(based), but \(current) is published: look at that first"
    }
  }
}

/// One published version.
public struct ConfigurationVersion<Value: Sendable>: Sendable {
  /// 1, 2, 3 …: never used twice, also not by a roll-back.
  public let number: Int
  public let value: Value
  /// Nanoseconds since the Unix epoch.
  public let published: Int64
  public let author: String
  /// The version whose value it has again.
  public let rolledBackTo: Int?
}

/// Keeps the versions of one configuration, says whom to push them to, and knows who runs which.
///
/// It sends nothing: ``pending(now:)`` names the instances that still need the current version; the caller delivers it,
/// each instance takes it over or refuses it, and the caller hands in which. Times are nanoseconds since the Unix
/// epoch.
public struct ConfigurationServer<Value: Sendable>: Sendable {
  private let validate: @Sendable (Value) -> [String]
  private let describe: @Sendable (Value) -> [ConfigurationEntry]
  private let historyLimit: Int
  private let retryInterval: Int64
  /// Oldest first, without gaps.
  private var history: [ConfigurationVersion<Value>]
  private var subscribers: OrderedDictionary<String, Subscriber> = [:]
  public private(set) var refusals = 0

  private struct Subscriber: Sendable {
    var running: Int?
    var acknowledged: Int64?
    var pushed: Int64?
    var pushedVersion: Int?
    var problem: String?
  }

  /// - Parameters:
  ///   - retryInterval: nanoseconds after which a push without an answer is repeated.
  ///   - validate: the sentences that say what is wrong with a value; none when it may be published.
  ///   - describe: a value as lines with unique keys.
  public init(
    initial: Value, historyLimit: Int = 100, retryInterval: Int64 = 5_000_000_000, now: Int64,
    validate: @escaping @Sendable (Value) -> [String], describe: @escaping @Sendable (Value) -> [ConfigurationEntry]
  ) throws(ConfigurationError) {
    precondition(historyLimit > 0 && retryInterval > 0, "one version is kept at least, and pushes are repeated later")
    let problems = validate(initial)
    guard problems.isEmpty else { throw .invalid(problems) }
    self.validate = validate
    self.describe = describe
    self.historyLimit = historyLimit
    self.retryInterval = retryInterval
    history = [
      ConfigurationVersion(number: 1, value: initial, published: now, author: "", rolledBackTo: nil)
    ]
  }

  public var current: ConfigurationVersion<Value> { history[history.count - 1] }

  /// Oldest first.
  public var versions: [ConfigurationVersion<Value>] { history }

  public func version(_ number: Int) throws(ConfigurationError) -> ConfigurationVersion<Value> {
    guard let version = history.first(where: { $0.number == number }) else {
      throw .unknownVersion(number, kept: history[0].number...current.number)
    }
    return version
  }

  // MARK: Publishing

  /// - Parameter base: the version the author looked at; nil publishes over whatever is there.
  /// - Returns: the new version's number.
  @discardableResult
  public mutating func publish(
    _ value: Value, author: String, basedOn base: Int? = nil, now: Int64
  ) throws(ConfigurationError) -> Int {
    try publish(value, author: author, basedOn: base, rolledBackTo: nil, now: now)
  }

  /// Publishes an earlier value again, under a new number.
  @discardableResult
  public mutating func rollBack(to number: Int, author: String, now: Int64) throws(ConfigurationError) -> Int {
    let earlier = try version(number)
    return try publish(earlier.value, author: author, basedOn: nil, rolledBackTo: number, now: now)
  }

  private mutating func publish(
    _ value: Value, author: String, basedOn base: Int?, rolledBackTo: Int?, now: Int64
  ) throws(ConfigurationError) -> Int {
    if let base, base != current.number {
      refusals += 1
      throw .outdated(based: base, current: current.number)
    }
    let problems = validate(value)
    guard problems.isEmpty else {
      refusals += 1
      throw .invalid(problems)
    }
    let number = current.number + 1
    history.append(
      ConfigurationVersion(number: number, value: value, published: now, author: author, rolledBackTo: rolledBackTo))
    if history.count > historyLimit { history.removeFirst(history.count - historyLimit) }
    return number
  }

  /// What changed from one version to the other, by key.
  public func difference(from: Int, to: Int) throws(ConfigurationError) -> [ConfigurationDifference] {
    let old = Self.table(describe(try version(from).value))
    let new = Self.table(describe(try version(to).value))
    var differences: [(key: String, difference: ConfigurationDifference)] = []
    for (key, value) in old {
      guard let other = new[key] else {
        differences.append((key, .removed(key: key, value: value)))
        continue
      }
      if other != value { differences.append((key, .changed(key: key, from: value, to: other))) }
    }
    for (key, value) in new where old[key] == nil { differences.append((key, .added(key: key, value: value))) }
    return differences.sorted { $0.key < $1.key }.map(\.difference)
  }

  private static func table(_ entries: [ConfigurationEntry]) -> OrderedDictionary<String, String> {
    OrderedDictionary(entries.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
  }

  // MARK: Subscribers

  /// An instance has started, and runs `running` already or nothing yet.
  public mutating func subscribe(_ instance: String, running: Int? = nil) {
    subscribers[instance] = Subscriber(running: running)
  }

  public mutating func unsubscribe(_ instance: String) { subscribers.removeValue(forKey: instance) }

  /// Who is to be sent the current version now; they count as sent. Who has refused it gets it no second time.
  public mutating func pending(now: Int64) -> [String] {
    let wanted = current.number
    var due: [String] = []
    for (instance, subscriber) in subscribers where subscriber.running != wanted {
      let wasSent = subscriber.pushedVersion == wanted
      if wasSent, subscriber.problem != nil || now - (subscriber.pushed ?? now) < retryInterval { continue }
      due.append(instance)
    }
    for instance in due {
      subscribers[instance]?.pushed = now
      subscribers[instance]?.pushedVersion = wanted
      subscribers[instance]?.problem = nil
    }
    return due
  }

  /// An instance runs that version from now on. An answer that was overtaken by a newer one is passed over.
  public mutating func acknowledge(_ instance: String, version: Int, now: Int64) {
    guard let subscriber = subscribers[instance], version > subscriber.running ?? 0 else { return }
    subscribers[instance]?.running = version
    subscribers[instance]?.acknowledged = now
    if version == subscriber.pushedVersion { subscribers[instance]?.problem = nil }
  }

  /// An instance could not take a version over, and goes on with what it has.
  public mutating func refuse(_ instance: String, version: Int, problem: String) {
    guard subscribers[instance]?.pushedVersion == version else { return }
    subscribers[instance]?.problem = problem
  }

  public var snapshot: ConfigurationSnapshot {
    ConfigurationSnapshot(
      version: current.number, published: current.published, author: current.author,
      rolledBackTo: current.rolledBackTo,
      instances: subscribers.map { name, subscriber in
        ConfigurationSnapshot.Instance(
          name: name, running: subscriber.running, acknowledged: subscriber.acknowledged,
          problem: subscriber.problem)
      }, refusals: refusals)
  }
}

/// A configuration as a screen shows it.
public struct ConfigurationSnapshot: Sendable, Hashable {
  public struct Instance: Sendable, Hashable {
    public var name: String
    /// The version it runs; nil when it has said nothing yet.
    public var running: Int?
    public var acknowledged: Int64?
    /// Why it does not run the current one.
    public var problem: String?
  }

  public var version: Int
  public var published: Int64
  public var author: String
  public var rolledBackTo: Int?
  public var instances: [Instance]
  /// Configurations that were not published.
  public var refusals: Int

  /// How many run the current version.
  public var upToDate: Int { instances.count { $0.running == version } }
}
