public import TraceCollector

/// The state of everything at one moment: what every page is drawn from, and what `--json` prints.
///
/// Times are nanoseconds since the Unix epoch, durations nanoseconds, rates per second, shares 0…1, sizes bytes.
/// A figure that is not known is nil, never 0. Series hold one sample a second, oldest first.
public struct SystemSnapshot: Sendable, Codable {
  public var system: SystemIdentity
  public var time: Int64
  /// Over how long a time the figures are that one may choose a window for: ``ServiceSnapshot/windowed``, those of its
  /// endpoints as far as ``ServiceSnapshot/endpointWindow`` says so, and ``operations``.
  public var window = RedWindow.tenSeconds
  public var traffic = TrafficSnapshot()
  public var services: [ServiceSnapshot] = []
  public var breakers: [BreakerSnapshot] = []
  public var topics: [TopicSnapshot] = []
  /// Since when the bus does not answer; nil while it does.
  public var busDownSince: Int64?
  /// Newest first, a bounded number.
  public var transactions: [TransactionSummary] = []
  /// Whether more have failed lately than stand in ``transactions``, as far as that is looked for.
  public var moreHaveFailed = false
  public var tally = TransactionTally()
  public var views: [ViewSnapshot] = []
  public var jobs: [JobSnapshot] = []
  /// All that take longer than they should, by where they wait; ``transactions`` may hold fewer of them.
  public var overdue: [OverdueTransactions] = []
  /// What somebody should look at, worst first.
  public var attention: [AttentionItem] = []
  /// What is wrong, from its cause to its effect; empty when nothing is.
  public var incident: [IncidentLink] = []
  /// Nil where services tell more of themselves.
  public var operations: OperationBoard?
  public var edge = EdgeSnapshot()
  public var faults = FaultBoard()
  public var scenarios = ScenarioBoard()
  public var sagas = SagaBoard()
  public var orders = OrderDesk()
  public var data = DataBoard()
  /// Newest first, a bounded number.
  public var events: [OperationalEvent] = []
  public var alerts: [AlertItem] = []
  /// Nil where there is no registry, or it is down.
  public var registry: RegistrySnapshot?
  /// Nil where nothing pushes one.
  public var configuration: ConfigurationSnapshot?
  /// Nil where there is no legacy system beside.
  public var strangler: StranglerSnapshot?
  /// Those that several services share.
  public var databaseServers: [SharedDatabaseSnapshot] = []
  /// The last one of each service.
  public var deployments: [DeploymentSnapshot] = []
  public var program = ProgramSnapshot()

  public init(system: SystemIdentity, time: Int64) {
    self.system = system
    self.time = time
  }

  public func service(_ name: String) -> ServiceSnapshot? { services.first { $0.name == name } }
  public func breaker(_ id: String) -> BreakerSnapshot? { breakers.first { $0.id == id } }
  public func topic(_ name: String) -> TopicSnapshot? { topics.first { $0.name == name } }

  /// Those that go back to the version before, or did so in the last minute.
  public var deploymentsGoneBack: [DeploymentSnapshot] {
    deployments.filter { deployment in
      guard deployment.phase == "rolled back", let ended = deployment.ended else {
        return deployment.phase == "rolling back"
      }
      let (age, overflows) = time.subtractingReportingOverflow(ended)
      return !overflows && age < 60_000_000_000
    }
  }
}

/// Which system this is.
public struct SystemIdentity: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, Codable { case simulated, attached, remote }

  public var name: String
  public var kind: Kind
  /// Nil where time is the real one.
  public var speed: Speed?
  /// True when its time stands still for good (`--frozen`), so that memory and frame time are shown as `–`.
  public var isStill = false

  /// True for one that is known by what it reports alone, and that nothing can be done to.
  public var isOnlyWatched: Bool { kind != .simulated }

  public init(name: String, kind: Kind, speed: Speed? = nil) {
    self.name = name
    self.kind = kind
    self.speed = speed
  }
}

/// The golden signals of the whole system, over transactions as their callers see them.
public struct TrafficSnapshot: Sendable, Codable {
  /// Transactions started a second.
  public var rate = 0.0
  /// The share of transactions that ended badly in the last 10 s: compensated or failed for a technical reason.
  public var errorShare = 0.0
  public var p50: Int64?
  public var p95: Int64?
  public var p99: Int64?
  /// Records that are not yet read, over all groups; nil while no group has committed.
  public var lag: Int64?
  /// Records a second by which the lag grows (or, negative, shrinks).
  public var lagGrowth = 0.0
  public var rateSeries: [Float] = []
  public var errorSeries: [Float] = []
  /// Milliseconds.
  public var p50Series: [Float] = []
  public var p95Series: [Float] = []
  public var p99Series: [Float] = []
  public var lagSeries: [Float] = []

  public init() {}
}

/// The program's own honesty.
public struct ProgramSnapshot: Sendable, Codable {
  public var spansAccepted: UInt64 = 0
  public var spansDropped: UInt64 = 0
  public var spansEvicted: UInt64 = 0
  /// Bytes held by spans.
  public var traceBytes: Int = 0
  /// What became of all spans, and what is held of them.
  public var store = TraceStoreStatistics()
  /// What is kept of metrics; nil where none are taken in.
  public var metrics: MetricStoreStatistics?
  /// What is kept of the log; nil where nobody counts.
  public var log: LogStatistics?
  /// Resident bytes of the process; nil where it is not asked for.
  public var residentBytes: Int?
  /// Where the cockpit itself has read `__operations` to, and how far that is behind.
  public var operationsPosition: Int64 = 0
  public var operationsLag: Int64 = 0
  /// Those that are open.
  public var receivers: [ReceiverSnapshot] = []

  public init() {}
}

/// What takes in what real systems report, by one protocol.
public struct ReceiverSnapshot: Sendable, Equatable, Codable {
  /// `zipkin 127.0.0.1:9411`
  public var name: String
  /// Spans taken in since it was opened.
  public var spans: UInt64
  /// Log lines taken in since it was opened.
  public var logs: UInt64
  /// Points of metrics taken in since it was opened.
  public var metrics: UInt64
  /// Requests turned away: nothing of them was kept.
  public var rejected: UInt64
  /// All requests.
  public var requests: UInt64 = 0
  /// Spans, log lines and points that were left out of requests that were taken.
  public var leftOut: UInt64 = 0
  /// Bytes of requests as they came over the wire.
  public var bytes: UInt64 = 0
  /// Nanoseconds that it took to read them and to put in what they hold.
  public var ingestTime: UInt64 = 0
  /// Why requests were turned away, the commonest reason first.
  public var rejections: [Rejection] = []

  public struct Rejection: Sendable, Equatable, Codable {
    /// `malformed body`
    public var reason: String
    public var requests: UInt64

    public init(reason: String, requests: UInt64) {
      (self.reason, self.requests) = (reason, requests)
    }
  }

  public init(name: String, spans: UInt64 = 0, logs: UInt64 = 0, metrics: UInt64 = 0, rejected: UInt64 = 0) {
    self.name = name
    self.spans = spans
    self.logs = logs
    self.metrics = metrics
    self.rejected = rejected
  }
}
