// Operations: what an operator sees of a running MSA and may do to it: snapshots, commands, faults, history.
// It never draws, never reads a clock, and does not know which kind of system it is about.

public import TraceCollector
public import TraceModel

/// One running MSA as the cockpit sees it: simulated, attached or remote. The cockpit does not know which.
///
/// Every call is safe from any thread and answers at once from what is known.
public protocol LiveSystem: Sendable {
  /// The state of everything, as of the system's own time.
  func snapshot() -> SystemSnapshot

  /// The snapshot that was current at `time` (nanoseconds since the Unix epoch), or the nearest one that is still kept.
  func snapshot(at time: Int64) -> SystemSnapshot

  /// The first snapshot that is still kept of those at `time` or after it, or the newest: what had happened by `time` is
  /// seen in it.
  func snapshot(from time: Int64) -> SystemSnapshot

  /// How far back ``snapshot(at:)`` reaches: nanoseconds since the Unix epoch.
  var historyStart: Int64 { get }

  /// Everything known of one transaction; nil when nothing is, or no longer.
  func transaction(_ id: GTXID) -> TransactionDetail?

  /// The spans of one transaction as they were reported, with pieces of one span merged; none when nothing is known of it,
  /// or no longer.
  func spans(of id: GTXID) -> [TraceSpan]

  /// One saga with what happened to it; nil when the transaction is no saga, or nothing is known of it (any more).
  func saga(_ id: GTXID) -> SagaDetail?

  /// What is in the database of a service; nil when it keeps none.
  func store(of service: String) -> StoreDetail?

  /// What the metrics of a service stand at, by name, attributes and instance, at most `limit`; none where it reports none.
  func metrics(of service: String, limit: Int) -> [MetricSnapshot]

  /// One order in all the places that keep something of it.
  /// - Parameter key: its number, the id of its transaction, or how that begins.
  func order(_ key: String) -> OrderAnswer

  /// The ids that begin with `prefix` (hexadecimal digits), newest first, at most 50.
  func transactions(withPrefix prefix: String) -> [GTXID]

  /// The newest transactions that are asked for, newest first, at most `limit`, as far as a few milliseconds reach;
  /// asked for the same again it goes on where it stopped.
  /// - Parameter takesNewer: whether it begins anew when it has gone through; false only looks further back.
  func transactions(_ question: TransactionQuestion, limit: Int, takesNewer: Bool) -> TransactionAnswer

  /// The spans of all transactions that are asked for, to be taken a slice at a time.
  func export(_ question: TransactionQuestion) -> TransactionExport

  /// The newest lines that `filter` lets through, oldest first, at most `limit`.
  func log(_ filter: LogFilter, limit: Int) -> [LogLine]

  /// The same, as far as a few milliseconds reach; asked for the same again it goes on where it stopped.
  /// - Parameter takesNewer: false only looks further back.
  func searchLog(_ filter: LogFilter, limit: Int, takesNewer: Bool) -> LogAnswer

  /// The newest records that `filter` lets through, at most `limit`, as far as a few milliseconds reach; asked for the
  /// same again it goes on where it stopped.
  /// - Parameter takesNewer: false only looks further back.
  func records(_ filter: RecordFilter, limit: Int, takesNewer: Bool) -> RecordAnswer

  /// What moving a group's offsets would mean now. Changes nothing.
  func preview(_ move: OffsetMove) -> OffsetPreview

  /// Over how long a time ``SystemSnapshot/window`` reaches from now on.
  func show(figuresOver window: RedWindow)

  /// Does something to the system, or says why not. It takes effect at the system's next step.
  @discardableResult
  func perform(_ command: Command) -> CommandOutcome
}

extension LiveSystem {
  public func spans(of id: GTXID) -> [TraceSpan] { transaction(id)?.tree.reportedSpans ?? [] }

  /// For systems whose figures are of one window only.
  public func show(figuresOver window: RedWindow) {}

  /// For systems without sagas.
  public func saga(_ id: GTXID) -> SagaDetail? { nil }

  /// For systems whose databases cannot be looked into.
  public func store(of service: String) -> StoreDetail? { nil }
  public func order(_ key: String) -> OrderAnswer { .unknown("the databases of this system cannot be looked into") }

  /// For systems whose services report none.
  public func metrics(of service: String, limit: Int) -> [MetricSnapshot] { [] }

  /// For systems that answer at once.
  public func searchLog(_ filter: LogFilter, limit: Int, takesNewer: Bool) -> LogAnswer {
    LogAnswer(log(filter, limit: limit))
  }
}
