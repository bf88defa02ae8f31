import Drawing
import Operations
import TraceModel
import Widgets

/// What has a cursor on the page of data.
enum DataPanel: Sendable, Hashable, CaseIterable {
  case stores, keys, flows
  /// Of one store.
  case tables, outbox, changes
  /// Of one order.
  case events
}

/// Page 8: what each service keeps and how its data come to others; the tables and the outbox of one service; one order in
/// all the places that keep something of it.
struct DataPage: Page {
  /// What has the page.
  enum Shown: Sendable, Hashable {
    case stores
    case store(String)
    /// An order by what was typed.
    case order(String)
  }

  let id = PageID.data
  private(set) var shown = Shown.stores
  private(set) var words = ""
  var cursors: [DataPanel: RowCursor] = [:]
  var focus = DataPanel.stores
  var hover = Hover()
  var hoveredPanel: DataPanel?
  /// The stored event as of which the order is shown; nil: as of the moment that is shown.
  var asOf: AsOf?
  /// The moment of the state for which something was loaded last.
  private var askedAt: Int64?

  /// What is looked at on its own is read anew so often.
  private static let rereadAfter: Int64 = 500_000_000

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    for panel in DataPanel.allCases { cursors[panel, default: RowCursor()].settle(keys(panel, context)) }
    if !panels(context).contains(focus) { focus = panels(context).first ?? .stores }
    return load(context)
  }

  private mutating func load(_ context: PageContext) -> [Action] {
    let isFresh = askedAt.map { context.stretch(from: $0, to: context.snapshot.time).magnitude < Self.rereadAfter }
    switch shown {
    case .stores: return []
    case .store(let name):
      if isFresh ?? false { return [] }
      askedAt = context.snapshot.time
      return [.effect(.loadStore(name))]
    case .order(let key):
      if isFresh ?? false { return [] }
      askedAt = context.snapshot.time
      return [.effect(.findOrder(key))]
    }
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    switch destination {
    case .data(let name):
      show(.stores)
      if let name { select(name, context) }
    case .store(let name):
      select(name, context)
      guard context.snapshot.data.store(of: name) != nil else {
        return [.say("\(visible(name)) keeps no database", isProblem: true)]
      }
      show(.store(name))
    case .order(let key): show(.order(key))
    default: break
    }
    return []
  }

  private mutating func show(_ shown: Shown) {
    guard shown != self.shown else { return }
    self.shown = shown
    (askedAt, asOf) = (nil, nil)
    for panel in [DataPanel.tables, .outbox, .changes, .events] { cursors[panel] = RowCursor() }
    switch shown {
    case .stores: focus = .stores
    case .store: focus = .outbox
    case .order: focus = .events
    }
  }

  private mutating func select(_ name: String, _ context: PageContext) {
    if !stores(context).contains(where: { $0.service == name }) { words = "" }
    cursors[.stores, default: RowCursor()].select(name, keys(.stores, context), height: height(.stores, context))
  }

  // MARK: - Filter

  var filter: String? { shown == .stores ? words : nil }
  var filterExample: String { "order" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    words = text
    cursors[.stores, default: RowCursor()].settle(keys(.stores, context), height: height(.stores, context))
    return nil
  }

  // MARK: - What is shown

  func stores(_ context: PageContext) -> [StoreSnapshot] {
    let wanted = words.lowercased().split(separator: " ")
    guard !wanted.isEmpty else { return context.snapshot.data.stores }
    return context.snapshot.data.stores.filter { store in
      let text = "\(store.service)\n\(store.kind)\n\(store.relay ?? "")".lowercased()
      return wanted.allSatisfy { text.contains($0) }
    }
  }

  /// The store under the cursor, or the one that has the page.
  func store(_ context: PageContext) -> StoreSnapshot? {
    if case .store(let name) = shown { return context.snapshot.data.store(of: name) }
    let stores = stores(context)
    return cursor(.stores).index(in: keys(.stores, context)).map { stores[$0] }
  }

  /// What comes into the store under the cursor and leaves it.
  func facts(_ context: PageContext) -> StoreFacts? {
    let service = store(context).flatMap { context.snapshot.service($0.service) }
    return service.map { StoreFacts(service: $0, context: context) }
  }

  /// What is in it; nil while that is being read.
  func detail(_ context: PageContext) -> StoreDetail? {
    guard case .store(let name) = shown, context.store?.service == name else { return nil }
    return context.store
  }

  /// What is known of the order; nil while that is being read.
  func answer(_ context: PageContext) -> OrderAnswer? {
    guard case .order(let key) = shown, context.orderKey == key else { return nil }
    return context.order
  }

  func order(_ context: PageContext) -> OrderFacts? {
    guard case .found(let facts) = answer(context) else { return nil }
    return facts
  }

  /// The lines of a panel that has lines and no columns.
  func lines(_ panel: DataPanel, _ context: PageContext) -> [DataFlow] {
    panel == .keys ? KeyValueLine.all(context) : DataFlow.all(context)
  }

  /// The line under the cursor.
  func line(_ context: PageContext) -> DataFlow? {
    let lines = lines(focus, context)
    return cursor(focus).index(in: keys(focus, context)).map { lines[$0] }
  }

  func cursor(_ panel: DataPanel) -> RowCursor { cursors[panel] ?? RowCursor() }

  func keys(_ panel: DataPanel, _ context: PageContext) -> [String] {
    switch panel {
    case .stores: unique(stores(context).map(\.service))
    case .keys, .flows: unique(lines(panel, context).map(\.key))
    case .tables: unique((detail(context)?.tables ?? []).map(\.name))
    case .outbox: unique((detail(context)?.outbox ?? []).map { "\($0.number)" })
    case .changes: unique((detail(context)?.changes ?? []).map { "\($0.position)" })
    case .events:
      if let steps = order(context)?.history {
        unique(steps.map { "\($0.version)" })
      } else {
        unique((order(context)?.events ?? []).map { "\($0.time) \($0.type) \($0.topic)" })
      }
    }
  }

  func layout(_ context: PageContext, in area: Rect? = nil) -> DataLayout {
    let frame = FrameLayout(size: context.size)
    let area = area ?? frame.page
    switch shown {
    case .stores:
      return DataLayout(
        stores: stores(context).count, keys: context.snapshot.data.keyValues.count, flows: DataFlow.all(context).count,
        about: facts(context)?.lines(width: area.width - 4).count ?? 0, area: area, isTall: frame.isTall)
    case .store:
      return DataLayout(
        tables: detail(context)?.tables.count ?? 0,
        outbox: store(context)?.relayRate == nil ? nil : detail(context)?.outbox?.count ?? 0,
        hasChanges: detail(context)?.changes != nil, area: area, isTall: frame.isTall)
    case .order:
      let order = order(context)
      return DataLayout(
        fields: order?.fields.count ?? 0, courses: order.map(CourseTable.rows) ?? 0, area: area, isTall: frame.isTall)
    }
  }

  /// Those that have a place, in the order of Tab.
  func panels(_ context: PageContext) -> [DataPanel] {
    let layout = layout(context)
    return DataPanel.allCases.filter { layout.rect($0) != nil }
  }

  /// How many rows of a panel are in sight.
  func height(_ panel: DataPanel, _ context: PageContext) -> Int {
    let lines = layout(context).rect(panel)?.height ?? 3
    return max(1, panel == .keys || panel == .flows ? lines - 1 : lines - 2)
  }

  // MARK: - The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    switch shown {
    case .stores: ["data"] + (store(context).map { [$0.service] } ?? [])
    case .store(let name): ["data", name]
    case .order(let key): ["data", "order \(order(context)?.name ?? visible(key))"]
    }
  }

  func subject(_ context: PageContext) -> Subject? {
    switch focus {
    case .stores, .tables: return store(context).map { .store($0.service) }
    case .keys, .flows:
      return line(context).map { $0.subject ?? .service($0.service) }
    case .outbox:
      let waiting = detail(context)?.outbox ?? []
      let line = cursor(.outbox).index(in: keys(.outbox, context)).map { waiting[$0] }
      return line.map { .transaction($0.gtxid) } ?? store(context).map { .store($0.service) }
    case .changes:
      return change(context)?.gtxid.map { .transaction($0) } ?? store(context).map { .store($0.service) }
    case .events: return order(context).map { .transaction($0.gtxid) }
    }
  }

  /// The changed row under the cursor.
  func change(_ context: PageContext) -> RowChangeSnapshot? {
    cursor(.changes).index(in: keys(.changes, context)).flatMap { detail(context)?.changes?[$0] }
  }
}
