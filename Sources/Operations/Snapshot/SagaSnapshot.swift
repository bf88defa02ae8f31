public import TraceModel

/// The sagas of a system: how many are in which state, and those that have not ended, with the latest that have.
public struct SagaBoard: Sendable, Codable {
  /// In the order in which they are to be shown; empty where the system tells nothing of its sagas.
  public var definitions: [SagaDefinitionSnapshot] = []
  /// The longest in their states first; those that have ended follow, the latest first. A bounded number.
  public var sagas: [SagaSnapshot] = []
  /// Messages that wait, in all services, for something that a saga holds locked.
  public var stashed = 0

  public init() {}

  public func saga(_ id: GTXID) -> SagaSnapshot? { sagas.first { $0.gtxid == id } }
}

/// One kind of saga, and how many there are of it.
public struct SagaDefinitionSnapshot: Sendable, Equatable, Codable {
  /// `choreographed`: what `:order saga=` takes.
  public var name: String
  /// `choreographed checkout`
  public var title: String
  /// True when somebody coordinates it, and so knows where it is.
  public var isCoordinated: Bool
  /// Those that are on their way now.
  public var running = 0
  public var compensating = 0
  public var stuck = 0
  /// Since the start.
  public var committed = 0
  public var rejected = 0
  public var compensated = 0
  public var failed = 0

  public init(name: String, title: String, isCoordinated: Bool) {
    self.name = name
    self.title = title
    self.isCoordinated = isCoordinated
  }

  public var open: Int { running + compensating + stuck }
}

/// One saga.
public struct SagaSnapshot: Sendable, Codable {
  public var gtxid: GTXID
  /// The name of its definition.
  public var definition: String
  /// COMMITTED is what an orchestrator calls COMPLETED, COMPENSATED what it calls ROLLED_BACK.
  public var state: TransactionState
  /// When it came into its state: nanoseconds since the Unix epoch.
  public var since: Int64
  public var start: Int64
  /// Why it turned round or stands still; may be empty.
  public var reason = ""
  /// Who has to act next, or the step that is under way; empty at the end.
  public var waitsFor = ""
  /// The event that would make somebody act, and that nobody has published: nobody is waited for then. Empty otherwise.
  public var unpublished = ""
  /// What was done in order, then what was undone in order.
  public var strip: [SagaMark] = []
  /// True when nobody coordinates it: ``strip`` was concluded from what its order and its events say.
  public var isInferred = true
  /// What services hold for it: `order/12 at order`.
  public var locks: [String] = []
  /// Messages of others that wait for what it holds.
  public var stash = 0
  public var isOverdue = false
  /// The transaction by which its customer gave back what was ordered; nil where nobody did.
  public var returnedBy: GTXID?

  public init(gtxid: GTXID, definition: String, state: TransactionState, since: Int64, start: Int64) {
    self.gtxid = gtxid
    self.definition = definition
    self.state = state
    self.since = since
    self.start = start
  }
}

/// One step in the strip of a saga: `✓ credit`.
public struct SagaMark: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case done, failed, unknown, underWay, undone, undoUnderWay, undoFailed
  }

  public var kind: Kind
  public var label: String

  public init(_ kind: Kind, _ label: String) {
    self.kind = kind
    self.label = label
  }
}

/// One saga with all that happened to it.
public struct SagaDetail: Sendable, Equatable {
  public var gtxid: GTXID
  public var definition: String
  /// True where it was read from the spans of the transaction, since nobody keeps a journal.
  public var isInferred: Bool
  /// By time.
  public var moments: [SagaMoment]

  public init(gtxid: GTXID, definition: String, isInferred: Bool, moments: [SagaMoment]) {
    self.gtxid = gtxid
    self.definition = definition
    self.isInferred = isInferred
    self.moments = moments
  }
}

/// Something that happened to a saga.
public struct SagaMoment: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case messageIn = "in"
    case messageOut = "out"
    case state
    case local
    /// Time ran out.
    case timer
    /// A person stepped in.
    case byHand
  }

  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  public var kind: Kind
  /// Empty when it is about the saga as a whole.
  public var step: String
  public var text: String
  public var hop: LTXID?
  /// Who did it; empty for the orchestrator itself.
  public var service: String
  /// The span in which it happened, where it is known.
  public var span: SpanID?
  /// The transaction of that span, where it is not the saga's own.
  public var gtxid: GTXID?
  public var isBad: Bool

  public init(
    time: Int64, kind: Kind, step: String, text: String, hop: LTXID? = nil, service: String = "", span: SpanID? = nil,
    isBad: Bool = false
  ) {
    self.time = time
    self.kind = kind
    self.step = step
    self.text = text
    self.hop = hop
    self.service = service
    self.span = span
    self.isBad = isBad
  }
}
