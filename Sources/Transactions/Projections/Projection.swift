// Projections: views that are made of events, each with its position in the transaction of its rows, and rebuilt beside
// the one that serves. They never hold what the events do not say, never start a task, and never read a clock.

public import GRDB

/// One table of a view.
public struct ProjectionTable: Sendable, Hashable {
  /// Letters and digits, with single `_` between them.
  public var name: String
  /// What stands between the parentheses of `CREATE TABLE`: `id TEXT PRIMARY KEY, total INTEGER NOT NULL`.
  public var columns: String
  /// The columns of each index: `["customer", "state, created"]`.
  public var indices: [String]

  public init(_ name: String, columns: String, indices: [String] = []) {
    precondition(
      Projection.isName(name),
      "\"\(name)\" cannot name a table of a view: use letters and digits, with single _ between")
    self.name = name
    self.columns = columns
    self.indices = indices
  }
}

/// A view, as it is declared: its tables, and what each event does to them.
public struct Projection: Sendable {
  /// Puts one event into the view.
  ///
  /// It goes by the event and the view's own rows alone: by no clock, no other table, no call. Else a rebuilt view
  /// would be another one. It names tables by `view["orders"]`, for the view that is being rebuilt has tables of its
  /// own.
  public typealias Handler = @Sendable (_ event: StoredEvent, _ view: ProjectionView, Database) throws -> Void

  /// Letters and digits, with single `_` between them.
  public let name: String
  /// Raise it with any change of the tables or of the handler: the view is then rebuilt.
  public let version: Int
  public let tables: [ProjectionTable]
  public let handle: Handler

  public init(_ name: String, version: Int, tables: [ProjectionTable], handle: @escaping Handler) {
    precondition(Self.isName(name), "\"\(name)\" cannot name a view: use letters and digits, with single _ between")
    self.name = name
    self.version = version
    self.tables = tables
    self.handle = handle
  }

  /// The names of tables are put together with `__`, and must tell whose they are.
  static func isName(_ text: String) -> Bool {
    text.split(separator: "_", omittingEmptySubsequences: false).allSatisfy { part in
      !part.isEmpty && part.utf8.allSatisfy(isLetterOrDigit)
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

/// One build of a view: which tables of the database are its own.
public struct ProjectionView: Sendable, Hashable {
  public let projection: String
  /// Which declaration made it. While a newer one is being built it may be an older one than the program's.
  public let version: Int
  /// Counts the builds of this view from 1; no number is used twice.
  public let generation: Int64

  /// What to write into a statement for the table that was declared as `table`.
  public subscript(table: String) -> String { "\"\(name(of: table))\"" }

  func name(of table: String) -> String { "\(projection)__\(table)__\(generation)" }
}
