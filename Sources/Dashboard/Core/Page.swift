import Drawing
import Operations
import TraceModel

/// The pages by their digits.
public enum PageID: String, Sendable, Hashable, CaseIterable {
  case overview, services, breakers, topics, transactions, sagas, map, data, platform, faults, log, records
}

/// A place in the cockpit that one can go to, and come back to with `[` and `]`.
enum Destination: Sendable, Equatable {
  case overview
  /// The page with the cursor on a row; nil: where it was.
  case services(selected: String?)
  case service(String)
  case breakers(selected: String?)
  case topics(selected: String?)
  case transactions(filter: String?)
  /// A call tree, with the cursor on a span where one is given.
  case transaction(GTXID, span: SpanID?)
  case sagas
  /// What happened to one saga.
  case saga(GTXID)
  case map
  case data(selected: String?)
  /// The tables and the outbox of a service.
  case store(String)
  /// One order, by its number, its transaction's id, or how that begins.
  case order(String)
  /// A tab of what every service leans on; nil: the one that was looked at last, or that is ill.
  case platform(PlatformTab?)
  case faults(selected: String?)
  case log(LogFilter)
  /// The newest records of a topic; without a name the topic that was looked at last.
  case records(RecordFilter)
}

/// What a page or a popup answers to a key.
enum Action: Sendable {
  case effect(Effect)
  case open(Destination)
  /// One place back in the history.
  case back
  case show(Popup)
  /// Opens the palette with a line that is begun.
  case type(String)
  /// Takes the topmost popup away.
  case dismiss
  /// A sentence for the last line, for a few seconds.
  case say(String, isProblem: Bool = false)
  /// Sends an order in, and opens its call tree as soon as it has one.
  case order(OrderWish)
  /// Saves the spans of what is looked at; without a name under one that says what they are of.
  case saveSpans(name: String?)
  /// A line of the palette that was carried out, for its history.
  case remember(String)
  /// Opens the list of themes.
  case chooseTheme
  /// Shows the state of that moment.
  case travel(to: Int64)
  /// Shows the first state in which what happened at that moment is seen.
  case travelOn(to: Int64)
  /// Shows the newest state again.
  case goLive
  /// Opens the help of the page that is shown.
  case showHelp
}

/// A key and what it does here, for the last line.
struct KeyHint: Sendable, Hashable {
  var key: String
  var word: String
  /// Whether it does something to the system: such keys are not offered where it is only watched, nor in the past.
  var isDeed: Bool

  init(_ key: String, _ word: String, isDeed: Bool = false) {
    self.key = key
    self.word = word
    self.isDeed = isDeed
  }
}

/// What every page may look at while it draws or answers.
struct PageContext: Sendable {
  /// What is shown: the newest state, or the one that is frozen.
  var snapshot: SystemSnapshot
  /// True while the display is frozen.
  var isFrozen: Bool
  /// The whole terminal.
  var size: Size
  /// The zone of the clock on screen: nanoseconds east of UTC.
  var zoneOffset: Int64
  /// False with `--no-motion`.
  var motion: Bool
  /// The transaction that was loaded last.
  var transaction: TransactionDetail?
  /// What was last looked for among the transactions, and what was found.
  var matching: (question: TransactionQuestion, answer: TransactionAnswer)?
  /// The metrics that were loaded last, and of which service.
  var metrics: (service: String, series: [MetricSnapshot])?
  /// The log as it was last loaded.
  var log: [LogLine]
  /// The transaction that was asked for last, when nothing is known of it (any more).
  var unknownTransaction: GTXID?
  /// The filter that ``log`` was loaded with; nil while nothing has been loaded.
  var logFilter: LogFilter?
  /// The store that was loaded last.
  var store: StoreDetail?
  /// The order that was asked for last, and what became of that.
  var orderKey: String?
  var order: OrderAnswer?
  /// The saga that was loaded last.
  var saga: SagaDetail?
  /// The saga that was asked for last, when nothing is known of it (any more).
  var unknownSaga: GTXID?
  /// How far the log has been looked through for it.
  var logProgress = LogProgress()
  /// The records as they were last loaded.
  var records = RecordAnswer()
  /// The filter that ``records`` was loaded with; nil while nothing has been loaded.
  var recordFilter: RecordFilter?
  /// When the newest state is, while an older one is shown: what lies between is still to come.
  var newest: Int64 = 0
  /// Nanoseconds of a clock that only goes forward; for what fades after a while.
  var clock: Int64 = 0
  /// How bad it was lately, and what happened, up to the newest state.
  var timeline = Timeline()
  /// The moment that was wanted while an older state is shown; nil while the newest is.
  var moment: Int64?
}

extension PageContext {
  /// Why nothing can be done to the system while an older state of it is shown; nil while the newest is. Who opens what
  /// ends in a deed says it before anything is typed there.
  var refusalOfDeeds: String? { isFrozen ? "this is the past; Space goes live, then it can be done" : nil }

  /// What stands where there is nothing: of a system that is only watched, that nobody tells of it.
  func absence(of things: String, _ sentence: String) -> String {
    snapshot.system.isOnlyWatched ? "Spans tell nothing of \(things)." : sentence
  }
}

/// One page: its own state, how it is steered and how it is drawn. It asks for the world with actions only.
protocol Page: Sendable {
  var id: PageID { get }

  /// The state has changed: keeps the cursor on the same thing, asks for what is missing. Only the page that is shown
  /// is refreshed, and another one when it comes to be shown. After the answer to a load, a load that is asked for here
  /// is not carried out; the next state asks again.
  mutating func refresh(_ context: PageContext) -> [Action]

  /// Moves to what a destination names, if it is of this page.
  mutating func go(to destination: Destination, _ context: PageContext) -> [Action]

  /// The actions of a key; nil when the key means nothing here.
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]?

  /// A click, a double click, the wheel or a move inside `area`; nil when it hits nothing.
  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]?

  /// Draws the page within `area`, which is all of the terminal between the pages' line and the last line; the line that
  /// stays empty from 30 rows on is above it already.
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext)

  /// From the page's name to what is under the cursor: `services`, `payment`.
  func breadcrumb(_ context: PageContext) -> [String]

  /// The keys that work here, most wanted first; the last line shows as many as fit.
  func hints(_ context: PageContext) -> [KeyHint]

  /// The page's keys for the help popup: key and a full sentence.
  var help: [KeyHint] { get }

  /// The service, breaker, topic or transaction under the cursor: what `f`, `l`, `w`, `y` and `m` are about.
  func subject(_ context: PageContext) -> Subject?

  /// What `/` has narrowed the page to; empty when to nothing, nil when the page takes no filter.
  var filter: String? { get }

  /// Narrows the page, at every key typed after `/`. Returns what is wrong with the text, in a sentence, or nil.
  mutating func narrow(to text: String, _ context: PageContext) -> String?

  /// What may be typed after `/`: `dur>500ms err svc=payment`.
  var filterExample: String { get }
}

extension Page {
  var filter: String? { nil }
  var filterExample: String { "" }
  mutating func narrow(to text: String, _ context: PageContext) -> String? { nil }
}

/// The thing under the cursor.
enum Subject: Sendable, Hashable {
  case service(String)
  case instance(service: String, name: String)
  case breaker(String)
  case topic(String)
  case group(topic: String, name: String)
  case transaction(GTXID)
  case saga(GTXID)
  case span(GTXID, SpanID)
  case fault(Int)
  /// What could be broken there.
  case faultKind(FaultKind.Name, on: FaultTarget)
  /// What the registry has of an instance: `payment-2:41873`.
  case lease(service: String, id: String)
  case client(gateway: String, id: String)
  /// A line of a gateway's table.
  case route(gateway: String, id: String)
  /// A reason for which a gateway turns requests away.
  case refusal(gateway: String, reason: String)
  case revokedToken(String)
  case setting(String)
  /// Which version of the configuration a service's instances run.
  case configuration(of: String)
  case deployment(String)
  /// The database of a service, with its outbox.
  case store(String)
  /// What a service keeps in the key-value store, by its name.
  case keyValues(String)
  /// The miner of a service's change log.
  case capture(String)
  /// A join, by its group.
  case join(String)
  case view(String)
  /// What two services say of the same transactions.
  case reconciliation
  /// A capability that moves from the legacy system to a new service.
  case slider(String)
  /// The connections and worker threads of a service.
  case pools(String)
  /// One instance's pool at a database server that several share.
  case sharedPool(server: String, instance: String)

  // Further facts (why, faults that apply, the log filter) are derived from the snapshot where they are shown.
}
