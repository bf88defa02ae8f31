/// How something breaks, with its intensity.
public enum FaultKind: Sendable, Hashable, Codable {
  /// Nanoseconds by which one thing comes late at one place at most, of one fault and of several together: five minutes.
  public static let longestDelay: Int64 = 300_000_000_000

  /// The instance is gone, with all that it was doing.
  case crash
  /// Nanoseconds that each answer comes late.
  case latency(Int64)
  /// The share of calls that fails, 0…1.
  case errors(Double)
  /// Its database refuses every connection.
  case databaseDown
  /// The outside company does not answer at all.
  case outage
  /// Nanoseconds that each record takes longer, or each command to a key-value store.
  case slowConsumer(Int64)
  /// Connections that are left in the pool of each instance; 0: none.
  case pool(Int)
  /// Connections that the shared database server accepts, for everybody together.
  case maxConnections(Int)
  /// The instance cannot reach the bus: it publishes, reads and commits nothing, and its session runs out. The registry
  /// cannot be reached by others: no heartbeat comes in, and nobody refreshes its list.
  case partition
  /// Memory that each process loses, in bytes a second.
  case leak(Int64)
  /// Nanoseconds by which the instance's clock is ahead; negative when it is behind.
  case skew(Int64)
  /// What is published without an outbox is lost on its way to the bus.
  case loseBeforeOutbox
  /// So many records that nobody can read are put on the topic.
  case poison(Int)
  /// The share of records, 0…1, that is there twice under one message id.
  case duplicate(Double)
  /// The bus takes and gives nothing.
  case brokerDown
  /// A key-value store takes no more.
  case full
  /// A key-value store refuses every connection.
  case down
  /// The service is built wrong.
  case mistake(Mistake)

  /// A kind without its intensity.
  public enum Name: String, Sendable, Codable, CaseIterable {
    case latency, errors, crash
    case databaseDown = "db-down"
    case outage
    case slowConsumer = "slow"
    case pool
    case maxConnections = "max-connections"
    case partition, leak, skew
    case loseBeforeOutbox = "lose-before-outbox"
    case poison, duplicate
    case brokerDown = "broker-down"
    case full, down
    case dualWrite = "dual-write"
    case noIdempotency = "no-idempotency"
    case noBreaker = "no-breaker"
    case innerJoin = "inner-join"
    case viewWithoutVersions = "view-without-versions"
    case noHandBack = "no-hand-back"

    /// What it does, in words for a menu.
    public var explanation: String {
      switch self {
      case .latency: "answers late"
      case .errors: "a share of the calls fails"
      case .crash: "the instance is gone"
      case .databaseDown: "its database refuses connections"
      case .outage: "the company does not answer"
      case .slowConsumer: "reads the topic late"
      case .pool: "few or no connections to its database"
      case .maxConnections: "refuses those who come too many"
      case .partition: "cut off from the bus; calls go on"
      case .leak: "loses memory until it is killed"
      case .skew: "its clock is wrong"
      case .loseBeforeOutbox: "is lost before the bus has it"
      case .poison: "records that nobody can read"
      case .duplicate: "records come twice"
      case .brokerDown: "the bus does not answer"
      case .full: "takes no more keys"
      case .down: "refuses connections"
      case .dualWrite: "publishes beside its transaction"
      case .noIdempotency: "a repetition has its effect again"
      case .noBreaker: "calls with no breaker, no time limit"
      case .innerJoin: "forgets an answer that finds no other"
      case .viewWithoutVersions: "takes an old change for a new one"
      case .noHandBack: "keeps what it did from the other shop"
      }
    }

    /// What it is called where there is room, in fourteen letters at most: `database down`.
    public var title: String {
      switch self {
      case .databaseDown: "database down"
      case .slowConsumer: "slow consumer"
      case .pool: "pool exhausted"
      case .maxConnections: "server limit"
      case .partition: "cut off"
      case .leak: "memory leak"
      case .skew: "clock skew"
      case .loseBeforeOutbox: "lost message"
      case .poison: "poison message"
      case .duplicate: "duplicates"
      case .brokerDown: "broker down"
      case .full: "store full"
      case .down: "store down"
      case .dualWrite: "dual write"
      case .noIdempotency: "no idempotency"
      case .noBreaker: "no breaker"
      case .innerJoin: "inner join"
      case .viewWithoutVersions: "blind view"
      case .noHandBack: "no hand-back"
      default: rawValue
      }
    }

    /// What it is called in a narrow column, in eight letters at most.
    public var heading: String {
      switch self {
      case .loseBeforeOutbox: "lost"
      case .duplicate: "twice"
      case .partition: "cut off"
      case .maxConnections: "max-conn"
      case .brokerDown: "bus-down"
      case .dualWrite: "dual"
      case .noIdempotency: "no-idem"
      case .noBreaker: "no-brkr"
      case .innerJoin: "inner"
      case .viewWithoutVersions: "blind"
      case .noHandBack: "no-hand"
      default: rawValue
      }
    }

    /// As it would be typed, with its usual intensity: `latency=2s`.
    public var example: String {
      guard let intensity = usual.intensity else { return rawValue }
      return "\(rawValue)=\(intensity)"
    }

    /// The kind with its usual intensity.
    public var usual: FaultKind {
      switch self {
      case .latency: .latency(2_000_000_000)
      case .errors: .errors(0.3)
      case .crash: .crash
      case .databaseDown: .databaseDown
      case .outage: .outage
      case .slowConsumer: .slowConsumer(500_000_000)
      case .pool: .pool(0)
      case .maxConnections: .maxConnections(20)
      case .partition: .partition
      case .leak: .leak(10_000_000)
      case .skew: .skew(2_000_000_000)
      case .loseBeforeOutbox: .loseBeforeOutbox
      case .poison: .poison(1)
      case .duplicate: .duplicate(0.05)
      case .brokerDown: .brokerDown
      case .full: .full
      case .down: .down
      case .dualWrite: .mistake(.dualWrite)
      case .noIdempotency: .mistake(.noIdempotency)
      case .noBreaker: .mistake(.noBreaker)
      case .innerJoin: .mistake(.innerJoin)
      case .viewWithoutVersions: .mistake(.viewWithoutVersions)
      case .noHandBack: .mistake(.noHandBack)
      }
    }
  }

  public var name: Name {
    switch self {
    case .crash: .crash
    case .latency: .latency
    case .errors: .errors
    case .databaseDown: .databaseDown
    case .outage: .outage
    case .slowConsumer: .slowConsumer
    case .pool: .pool
    case .maxConnections: .maxConnections
    case .partition: .partition
    case .leak: .leak
    case .skew: .skew
    case .loseBeforeOutbox: .loseBeforeOutbox
    case .poison: .poison
    case .duplicate: .duplicate
    case .brokerDown: .brokerDown
    case .full: .full
    case .down: .down
    case .mistake(.dualWrite): .dualWrite
    case .mistake(.noIdempotency): .noIdempotency
    case .mistake(.noBreaker): .noBreaker
    case .mistake(.innerJoin): .innerJoin
    case .mistake(.viewWithoutVersions): .viewWithoutVersions
    case .mistake(.noHandBack): .noHandBack
    }
  }

  /// The intensity as it is typed: `2s`, `30%`; nil where there is none.
  public var intensity: String? {
    switch self {
    case .latency(let late), .slowConsumer(let late): FaultNotation.duration(late)
    case .errors(let share), .duplicate(let share): FaultNotation.percent(share)
    case .pool(let count), .maxConnections(let count), .poison(let count): "\(count)"
    case .leak(let bytes): FaultNotation.bytesPerSecond(bytes)
    case .skew(let offset): FaultNotation.offset(offset)
    case .crash, .databaseDown, .outage, .partition, .loseBeforeOutbox, .brokerDown, .full, .down, .mistake: nil
    }
  }
}
