public import Drawing
public import Operations
import TraceModel

/// All that the cockpit knows: what is shown, where one is, and what floats above it. A value; `update` changes it and
/// `draw` shows it.
public struct Model: Sendable {
  /// The newest state.
  var live: SystemSnapshot
  var timeline = Timeline()
  /// The state that is shown instead of the newest one.
  var frozen: FrozenMoment?
  var size: Size
  var pages = Pages()
  var history = NavigationHistory()
  /// The last one is on top and has the keys.
  var popups: [Popup] = []
  /// The line in which a filter is being typed.
  var filterLine: FilterLine?
  /// The filters typed before, oldest first.
  var filterHistory: [String] = []
  /// The lines of the palette carried out before, oldest first.
  var commandHistory: [String] = []
  var message: Message?
  var transaction: TransactionDetail?
  var unknownTransaction: GTXID?
  var saga: SagaDetail?
  var store: StoreDetail?
  var orderKey: String?
  var order: OrderAnswer?
  var unknownSaga: GTXID?
  /// What was last looked for among the transactions, and what was found.
  var matching: (question: TransactionQuestion, answer: TransactionAnswer)?
  /// The metrics that were loaded last, and of which service.
  var metrics: (service: String, series: [MetricSnapshot])?
  var log: [LogLine] = []
  var logFilter: LogFilter?
  var logProgress = LogProgress()
  var records = RecordAnswer()
  var recordFilter: RecordFilter?
  /// The fault that was armed last, for `f` twice.
  var lastFault: FaultSpec?
  /// The ticket of the last order that was sent by hand, and whether its call tree is still to be opened.
  var lastTicket = 0
  var awaitsOrder = false
  /// Nanoseconds of the clock of the ticks.
  var clock: Int64 = 0
  let zoneOffset: Int64
  let motion: Bool
  /// The names that `:theme` takes.
  let themes: [String]
  /// The theme that is in use.
  public internal(set) var theme: String
  /// Frames a second at most, as the person wants it.
  public internal(set) var refreshRate: Int
  /// Whether the terminal has the focus; without it, once a second is enough.
  public internal(set) var hasFocus = true
  /// How long the last frame took to draw and write, in nanoseconds; nil: not measured. Set by who runs the loop.
  public var frameTime: Int64?

  /// - Parameters:
  ///   - snapshot: the state to begin with.
  ///   - size: the whole terminal.
  ///   - zoneOffset: the zone of the clock on screen, nanoseconds east of UTC.
  ///   - motion: false keeps everything still that would move by itself.
  ///   - themes: the names that `:theme` takes.
  ///   - theme: the one of them that is in use.
  ///   - refreshRate: frames a second at most, 1 to 60.
  public init(
    snapshot: SystemSnapshot, size: Size, zoneOffset: Int64 = 0, motion: Bool = true, themes: [String] = ["dark"],
    theme: String = "dark", refreshRate: Int = 10
  ) {
    live = snapshot
    timeline.add(snapshot)
    self.size = size
    self.zoneOffset = zoneOffset
    self.motion = motion
    self.themes = themes
    self.theme = theme
    self.refreshRate = refreshRate
  }

  /// Whether an older state is shown than the newest: the theme is then the frozen one.
  public var isFrozen: Bool { frozen != nil }

  var shown: SystemSnapshot { frozen?.snapshot ?? live }

  /// The page that is shown.
  var page: PageID { history.current.page }

  var context: PageContext { context(size: size) }

  func context(size: Size) -> PageContext {
    PageContext(
      snapshot: shown, isFrozen: isFrozen, size: size, zoneOffset: zoneOffset, motion: motion, transaction: transaction,
      matching: matching, metrics: metrics, log: log, unknownTransaction: unknownTransaction, logFilter: logFilter,
      store: store, orderKey: orderKey, order: order, saga: saga, unknownSaga: unknownSaga,
      logProgress: logProgress,
      records: records,
      recordFilter: recordFilter, newest: live.time, clock: clock,
      timeline: timeline, moment: frozen?.time)
  }
}

/// An older state that is shown while the newest goes on unseen.
struct FrozenMoment: Sendable {
  /// The moment that was wanted; ``snapshot`` is of it or of the nearest that is kept.
  var time: Int64
  var snapshot: SystemSnapshot
  /// How many answers are still to come.
  var awaited = 0
  /// Whether a state was wanted that is of ``time`` or later.
  var isOn = false
}

/// A sentence in the last line.
struct Message: Sendable, Equatable {
  /// Long enough to read a sentence.
  static let lifetime: Int64 = 5_000_000_000

  var text: String
  var isProblem: Bool
  /// On the clock of the ticks.
  var until: Int64
}

/// The line that `/` opens.
struct FilterLine: Sendable {
  var editor: LineEditor
  /// What is wrong with the text; nil when nothing is.
  var problem: String?
}
