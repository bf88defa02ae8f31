public import TraceModel

/// A row that was changed, as the log of its database has it before and after, and what a miner makes of that.
public struct RowChangeSnapshot: Sendable, Equatable {
  /// A column whose value is another one; of a row that came or went each that has a value.
  public struct Column: Sendable, Equatable {
    public var name: String
    /// Nil where there was none.
    public var before: String?
    public var after: String?

    public init(_ name: String, before: String?, after: String?) {
      self.name = name
      self.before = before
      self.after = after
    }
  }

  /// Counts changes in the order of commits.
  public var position: Int64
  /// When it was committed: nanoseconds since the Unix epoch.
  public var time: Int64
  public var table: String
  public var key: String
  /// `insert`, `update` or `delete`
  public var operation: String
  /// In the order of the table.
  public var columns: [Column]
  /// The types of the events that are published because of it.
  public var events: [String]
  public var gtxid: GTXID?

  public init(
    position: Int64, time: Int64, table: String, key: String, operation: String, columns: [Column],
    events: [String] = [], gtxid: GTXID? = nil
  ) {
    self.position = position
    self.time = time
    self.table = table
    self.key = key
    self.operation = operation
    self.columns = columns
    self.events = events
    self.gtxid = gtxid
  }
}
