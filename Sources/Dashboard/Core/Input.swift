// Dashboard: the cockpit. A Model, an update from Input, and pages that draw the Model on a Canvas.
// It never knows a terminal, a clock, a thread or a file: what it wants done it gives back as Effects.

public import Drawing
public import Operations
public import TraceCollector
public import TraceModel

/// What comes to the cockpit.
public enum Input: Sendable {
  case key(KeyPress)
  case mouse(MouseEvent)
  /// Text that was pasted as a whole.
  case paste(String)
  case resize(Size)
  /// The terminal got or lost the focus.
  case focus(Bool)
  /// A new state of the system.
  case snapshot(SystemSnapshot)
  /// An answer to ``Effect/loadSnapshot(at:)`` and to ``Effect/loadNextSnapshot(from:)``.
  case pastSnapshot(SystemSnapshot)
  /// An answer to ``Effect/loadTransaction(_:)``; nil when nothing is known of it.
  case transaction(GTXID, TransactionDetail?)
  /// An answer to ``Effect/loadSaga(_:)``; nil when nothing is known of it.
  case saga(GTXID, SagaDetail?)
  /// An answer to ``Effect/loadStore(_:)``; nil when there is none.
  case store(String, StoreDetail?)
  /// An answer to ``Effect/loadMetrics(of:limit:)``.
  case metrics(String, [MetricSnapshot])
  /// An answer to ``Effect/findOrder(_:)``.
  case order(String, OrderAnswer)
  /// An answer to ``Effect/findTransactions(prefix:)``.
  case found(prefix: String, [GTXID])
  /// An answer to ``Effect/searchTransactions(_:limit:)`` and to ``Effect/searchTransactionsOn(_:limit:)``.
  case matching(TransactionQuestion, TransactionAnswer)
  /// An answer to ``Effect/loadLog(_:limit:)`` and to ``Effect/searchLogOn(_:limit:)``.
  case log(LogFilter, [LogLine], progress: LogProgress = LogProgress())
  /// An answer to ``Effect/loadRecords(_:limit:)`` and to ``Effect/searchOn(_:limit:)``.
  case records(RecordFilter, RecordAnswer)
  /// An answer to ``Effect/preview(_:)``.
  case preview(OffsetMove, OffsetPreview)
  /// What became of a command, or of a copy or a save.
  case outcome(CommandOutcome)
  /// Time goes by: nanoseconds of a clock that only goes forward. For what fades after a while.
  case tick(Int64)
}

/// What the cockpit wants done outside. Each answer comes back as an ``Input``.
public enum Effect: Sendable {
  case perform(Command)
  case loadTransaction(GTXID)
  case loadSaga(GTXID)
  case loadStore(String)
  case loadMetrics(of: String, limit: Int)
  case findOrder(String)
  case findTransactions(prefix: String)
  case searchTransactions(TransactionQuestion, limit: Int)
  /// Looks further back for the same transactions, as soon as nobody presses a key.
  case searchTransactionsOn(TransactionQuestion, limit: Int)
  case loadLog(LogFilter, limit: Int)
  /// Looks further back for the same lines, as soon as nobody presses a key.
  case searchLogOn(LogFilter, limit: Int)
  case loadSnapshot(at: Int64)
  /// The first one kept at that moment or after it.
  case loadNextSnapshot(from: Int64)
  case loadRecords(RecordFilter, limit: Int)
  /// Looks further back for the same records, as soon as nobody presses a key.
  case searchOn(RecordFilter, limit: Int)
  case preview(OffsetMove)
  /// To the clipboard of the person at the terminal.
  case copy(String)
  /// Into a file in the working directory, of that name, which nobody has said: see ``FileName/isMadeUp``.
  case save(name: String, text: String)
  /// Into a file of that name in the working directory: the spans of these transactions as OTLP JSON lines.
  case saveSpans(of: [GTXID], name: FileName)
  /// The same of all transactions that are asked for, be they listed or not.
  case saveMatching(TransactionQuestion, name: FileName)
  /// Over how long a time the figures are to be that one may choose a window for.
  case setWindow(RedWindow)
  case setTheme(String)
  /// Frames a second at most.
  case setRefresh(Int)
  case repaint
  case suspend
  case quit
}

/// How a file is to be called.
public struct FileName: Sendable, Equatable {
  public var text: String
  /// Whether the cockpit has made it up: where there is a file of that name, another name will do.
  public var isMadeUp: Bool

  /// - Parameter said: what the person has said; nil where nothing was.
  public init(_ said: String?, else madeUp: String) {
    (text, isMadeUp) = (said ?? madeUp, said == nil)
  }

  public init(madeUp: String) { self.init(nil, else: madeUp) }
}

/// One key as the person pressed it.
public struct KeyPress: Sendable, Hashable {
  public enum Key: Sendable, Hashable {
    case character(Character)
    case control(Character)
    case enter, escape, tab, backTab, backspace, delete
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
  }

  public var key: Key
  public var alt: Bool

  public init(_ key: Key, alt: Bool = false) {
    self.key = key
    self.alt = alt
  }
}

/// What the mouse did at a cell (column and row from 0).
public struct MouseEvent: Sendable, Hashable {
  public enum Action: Sendable, Hashable {
    case press, doubleClick, release, move, wheelUp, wheelDown
  }

  public var action: Action
  public var column: Int
  public var row: Int

  public init(_ action: Action, column: Int, row: Int) {
    self.action = action
    self.column = column
    self.row = row
  }
}
