public import TraceModel

/// On whose behalf a transaction changes rows: what its caller says, and the log keeps beside each change, as
/// PostgreSQL's log keeps a logical message.
public struct ChangeOrigin: Sendable, Hashable {
  public var gtxid: GTXID
  /// The highest hop that was known to the caller.
  public var ltxid: LTXID
  /// The span in which the rows were changed.
  public var span: SpanID

  public init(gtxid: GTXID, ltxid: LTXID, span: SpanID) {
    self.gtxid = gtxid
    self.ltxid = ltxid
    self.span = span
  }

  public init(_ context: TraceContext) {
    self.init(gtxid: context.gtxid, ltxid: context.hops.highestKnown, span: context.span)
  }
}

/// One row that changed, as the database's log tells it.
public struct RowChange: Sendable, Hashable {
  public enum Operation: String, Sendable, Hashable, Codable, CaseIterable {
    case insert, update, delete
    /// No change: the row as it was when its table was read anew.
    case snapshot
  }

  /// Counts changes in the order of commits, from 1 and without a gap. In a snapshot: the newest position when the table
  /// was read.
  public let position: Int64
  public let table: String
  public let operation: Operation
  /// The row before; nil after an insert and in a snapshot.
  public let before: RowImage?
  /// The row afterwards; nil after a delete.
  public let after: RowImage?

  /// The values of the primary key: after an update those that the row has now.
  public var key: [ColumnValue] { (after ?? before)?.key ?? [] }

  /// The names of the columns whose values differ; all of them unless it is an update.
  public var changedColumns: [String] {
    guard let before, let after else { return (after ?? before)?.table.columns ?? [] }
    return after.table.columns.indices.filter { before.values[$0] != after.values[$0] }.map { after.table.columns[$0] }
  }
}

/// The changes of one transaction that was committed.
public struct ChangeTransaction: Sendable, Hashable {
  /// Counts the transactions that changed captured rows, from 1; 0 in a snapshot.
  public let number: Int64
  /// When it was committed: nanoseconds since the Unix epoch, as the caller said.
  public let time: Int64
  /// Nil when the caller named none.
  public let origin: ChangeOrigin?
  /// In the order in which they were made; at least one.
  public let changes: [RowChange]
}
