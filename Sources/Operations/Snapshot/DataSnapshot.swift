public import TraceModel

/// What services keep, and how their data come from one to another.
public struct DataBoard: Sendable, Codable {
  /// One for each service that keeps a database.
  public var stores: [StoreSnapshot] = []
  /// What services keep in the key-value store that they share.
  public var keyValues: [KeyValueSnapshot] = []
  /// Databases whose change logs are mined.
  public var captures: [CaptureSnapshot] = []
  /// Topics that are joined.
  public var joins: [JoinSnapshot] = []
  /// Views in the database of what they are made of, beside those that come over the bus and can be rebuilt.
  public var views: [ViewSnapshot] = []
  /// What is compared afterwards; nil where nothing is.
  public var reconciliation: ReconciliationSnapshot?
  /// Products of which few pieces are left, the longest so first.
  public var shortages: [ShortageSnapshot] = []

  public init() {}

  public func store(of service: String) -> StoreSnapshot? { stores.first { $0.service == service } }
}

/// The database of one service. Its connections and its outbox's depth stand with the service.
public struct StoreSnapshot: Sendable, Equatable, Codable {
  public var service: String
  /// `SQLite`, `documents`, `SQLite log` where that is mined, `event store`
  public var kind: String
  public var bytes: Int
  /// Of all tables; counted now and then, nil before the first time.
  public var rows: Int?
  /// Where the relay finds what is to be published; nil when nothing is.
  public var channel: Channel?
  /// The instance whose relay is at work; nil when none is, or nothing is published.
  public var relay: String?
  /// Events published a second; nil where nothing is published.
  public var relayRate: Double?
  /// Records that it has put aside and that nobody has settled.
  public var deadLetters = 0
  /// Nanoseconds for which it knows what it has acted on: what comes again later has its effect again. Nil where nobody
  /// tells a repetition by an inbox.
  public var inboxWindow: Int64?
  /// Nanoseconds since the oldest record came that it may be given once more, since its offset is not committed; nil when
  /// there is none.
  public var unacknowledgedAge: Int64?

  /// How a database and what is told of it are kept in step.
  public enum Channel: String, Sendable, Equatable, Codable, CaseIterable {
    case outbox
    /// The database's own log is mined.
    case log
    /// Its events are what is published.
    case events
  }

  public init(service: String, kind: String, bytes: Int) {
    self.service = service
    self.kind = kind
    self.bytes = bytes
  }
}

/// A product of which fewer pieces are left than somebody is to be warned at.
public struct ShortageSnapshot: Sendable, Equatable, Codable {
  /// Whose stock it is.
  public var service: String
  public var sku: String
  public var pieces: Int64
  /// When they became so few: nanoseconds since the Unix epoch.
  public var since: Int64

  public init(service: String, sku: String, pieces: Int64, since: Int64) {
    self.service = service
    self.sku = sku
    self.pieces = pieces
    self.since = since
  }
}

/// A miner of a database's change log.
public struct CaptureSnapshot: Sendable, Equatable, Codable {
  /// Whose log it is.
  public var source: String
  public var miner: String
  /// Where its events go.
  public var topic: String
  /// Changes that are committed and not yet published.
  public var behind: Int64
  /// When the oldest of them was committed: nanoseconds since the Unix epoch.
  public var oldest: Int64?

  public init(source: String, miner: String, topic: String, behind: Int64, oldest: Int64?) {
    self.source = source
    self.miner = miner
    self.topic = topic
    self.behind = behind
    self.oldest = oldest
  }
}

/// A join of two topics.
public struct JoinSnapshot: Sendable, Equatable, Codable {
  public var group: String
  public var left: String
  public var right: String
  public var output: String
  /// Nanoseconds that what belongs together may be apart.
  public var window: Int64
  /// An inner join says nothing of what finds no partner: it hangs for ever.
  public var isInner: Bool
  /// Records that wait for their partner.
  public var held: Int
  /// The timestamp of the oldest of them.
  public var oldest: Int64?
  /// Rollbacks that are decided and not yet carried out.
  public var rollbacks: Int

  public init(
    group: String, left: String, right: String, output: String, window: Int64, isInner: Bool = false, held: Int,
    oldest: Int64? = nil, rollbacks: Int = 0
  ) {
    self.group = group
    self.left = left
    self.right = right
    self.output = output
    self.window = window
    self.isInner = isInner
    self.held = held
    self.oldest = oldest
    self.rollbacks = rollbacks
  }
}

/// What is in a store.
public struct StoreDetail: Sendable, Equatable {
  public struct Table: Sendable, Equatable {
    public var name: String
    public var rows: Int

    public init(name: String, rows: Int) {
      self.name = name
      self.rows = rows
    }
  }

  /// An event that is committed and not yet published.
  public struct Waiting: Sendable, Equatable {
    public var number: Int64
    public var type: String
    public var topic: String
    public var key: String
    public var gtxid: GTXID
    /// Nanoseconds since the Unix epoch.
    public var created: Int64

    public init(number: Int64, type: String, topic: String, key: String, gtxid: GTXID, created: Int64) {
      self.number = number
      self.type = type
      self.topic = topic
      self.key = key
      self.gtxid = gtxid
      self.created = created
    }
  }

  public var service: String
  /// In the order of their names.
  public var tables: [Table]
  /// The oldest first, a bounded number; nil where there is no outbox.
  public var outbox: [Waiting]?
  /// The newest first, a bounded number; nil where the database keeps no log of its rows.
  public var changes: [RowChangeSnapshot]?

  public init(service: String, tables: [Table], outbox: [Waiting]?, changes: [RowChangeSnapshot]? = nil) {
    self.service = service
    self.tables = tables
    self.outbox = outbox
    self.changes = changes
  }
}

/// What became of the question after an order.
public enum OrderAnswer: Sendable, Equatable {
  case found(OrderFacts)
  /// Why not, in a sentence.
  case unknown(String)
}

/// One order as all that have to do with it keep it.
public struct OrderFacts: Sendable, Equatable {
  public struct Cell: Sendable, Equatable {
    public var text: String
    /// Whether it is not what the order says.
    public var differs: Bool

    public init(_ text: String, differs: Bool = false) {
      self.text = text
      self.differs = differs
    }
  }

  /// One field side by side; nil where a place has no such field.
  public struct Field: Sendable, Equatable {
    public var name: String
    public var cells: [Cell?]

    public init(_ name: String, _ cells: [Cell?]) {
      self.name = name
      self.cells = cells
    }
  }

  public struct Event: Sendable, Equatable {
    public var time: Int64
    public var type: String
    public var topic: String
    public var partition: Int64?
    public var offset: Int64?
    public var service: String
    public var hop: LTXID?
    public var span: SpanID

    public init(
      time: Int64, type: String, topic: String, partition: Int64?, offset: Int64?, service: String, hop: LTXID?,
      span: SpanID
    ) {
      self.time = time
      self.type = type
      self.topic = topic
      self.partition = partition
      self.offset = offset
      self.service = service
      self.hop = hop
      self.span = span
    }
  }

  /// An event as the order's store has it, and what all events up to it add up to.
  public struct Step: Sendable, Equatable {
    /// Counted from 1.
    public var version: Int64
    /// When it was stored.
    public var time: Int64
    public var type: String
    public var hop: LTXID?
    public var span: SpanID
    public var state: String
    /// Who is waited for then.
    public var step: String
    public var reason: String

    public init(
      version: Int64, time: Int64, type: String, hop: LTXID?, span: SpanID, state: String, step: String, reason: String
    ) {
      self.version = version
      self.time = time
      self.type = type
      self.hop = hop
      self.span = span
      self.state = state
      self.step = step
      self.reason = reason
    }
  }

  /// What it took to decide an order.
  public struct Course: Sendable, Equatable {
    /// As ``OrderFacts/name``.
    public var order: String
    /// How it was carried out: the name of its saga, or who did all of it.
    public var way: String
    /// Local transactions that were committed until it was decided.
    public var commits: Int
    /// The highest number of a hop until then.
    public var hops: Int
    public var records: Int
    public var services: Int
    public var spans: Int
    /// Nanoseconds until it was decided; nil while it is not.
    public var duration: Int64?

    public init(
      order: String, way: String, commits: Int, hops: Int, records: Int, services: Int, spans: Int, duration: Int64?
    ) {
      self.order = order
      self.way = way
      self.commits = commits
      self.hops = hops
      self.records = records
      self.services = services
      self.spans = spans
      self.duration = duration
    }
  }

  public var order: Int64
  /// Whether its number is one of the legacy shop's.
  public var isLegacy: Bool
  public var gtxid: GTXID
  public var saga: String
  public var state: String
  public var reason: String
  /// Who keeps something of it; the first is where the order itself stands.
  public var places: [String]
  public var fields: [Field]
  /// Its own course, then that of an order which went the other way; empty where there is one way only.
  public var courses: [Course]
  /// What others were told of it, by time.
  public var events: [Event]
  /// The events that it is the sum of, oldest first; nil where it is a row.
  public var history: [Step]?

  public init(
    order: Int64, isLegacy: Bool = false, gtxid: GTXID, saga: String, state: String, reason: String, places: [String],
    fields: [Field], courses: [Course] = [], events: [Event], history: [Step]? = nil
  ) {
    self.order = order
    self.isLegacy = isLegacy
    self.gtxid = gtxid
    self.saga = saga
    self.state = state
    self.reason = reason
    self.places = places
    self.fields = fields
    self.courses = courses
    self.events = events
    self.history = history
  }

  /// `1204`; `L7` for one of the legacy shop.
  public var name: String { Self.name(order, isLegacy: isLegacy) }

  public static func name(_ order: Int64, isLegacy: Bool) -> String { isLegacy ? "L\(order)" : "\(order)" }

  public var differences: Int { fields.reduce(0) { $0 + $1.cells.count { $0?.differs ?? false } } }
}
