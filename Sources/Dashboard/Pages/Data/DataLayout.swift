import Drawing

/// Where the parts of the page of data stand. What does not fit is left out.
struct DataLayout {
  private(set) var stores: Rect?
  private(set) var keys: Rect?
  private(set) var flows: Rect?
  /// What comes into the store under the cursor and leaves it, with its rule.
  private(set) var about: Rect?
  /// About one store, with its rule.
  private(set) var facts: Rect?
  private(set) var tables: Rect?
  private(set) var outbox: Rect?
  private(set) var changes: Rect?
  /// The order side by side, with its rule.
  private(set) var fields: Rect?
  /// What it took to decide it, with its rule.
  private(set) var courses: Rect?
  private(set) var events: Rect?

  /// Narrower than this, tables and outbox stand below each other.
  private static let twoColumns = 90
  /// The least of a list: rule, headings, two rows.
  private static let least = 4
  /// The least of the list of stores, where something stands below it.
  private static let leastStores = 6

  /// All stores.
  /// - Parameters:
  ///   - keys: lines about a key-value store.
  ///   - about: lines about the store under the cursor.
  init(stores: Int, keys: Int, flows: Int, about: Int, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    let (forKeys, forFlows) = (keys > 0 ? keys + 1 + gap : 0, flows > 0 ? flows + 1 + gap : 0)
    let room = page.height - Self.leastStores
    let hasFlows = forFlows > 0 && forFlows <= room
    let hasKeys = forKeys > 0 && forKeys + (hasFlows ? forFlows : 0) <= room
    let below = (hasFlows ? forFlows : 0) + (hasKeys ? forKeys : 0)
    guard below > 0 else {
      self.stores = page
      return
    }
    let parts = page.split(top: min(max(1, stores) + 2, page.height - below), gap: gap)
    self.stores = parts.top
    var rest = parts.rest
    func take(_ lines: Int) -> Rect {
      let (top, below) = rest.split(top: lines, gap: gap)
      rest = below
      return top
    }
    if hasKeys { self.keys = take(keys + 1) }
    if hasFlows { self.flows = take(flows + 1) }
    if about > 0, rest.height >= about + 1 { self.about = take(about + 1) }
  }

  /// One store.
  /// - Parameter outbox: events that wait; nil where there is no outbox.
  init(tables: Int, outbox: Int?, hasChanges: Bool, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    let parts = page.split(top: 3, gap: gap)
    facts = parts.top
    var rest = parts.rest
    guard outbox != nil || hasChanges else {
      self.tables = rest
      return
    }
    if rest.width >= Self.twoColumns {
      let columns = rest.split(left: 36)
      (self.tables, rest) = (columns.left, columns.rest)
    } else if rest.height >= 2 * Self.least + gap {
      let rows = rest.split(top: min(tables + 2, rest.height - Self.least - gap, rest.height / 2), gap: gap)
      (self.tables, rest) = (rows.top, rows.rest)
    }
    guard let outbox else {
      changes = rest
      return
    }
    guard hasChanges, rest.height >= 2 * Self.least + gap else {
      self.outbox = rest
      return
    }
    let rows = rest.split(top: min(max(outbox + 2, Self.least), rest.height / 2), gap: gap)
    (self.outbox, changes) = (rows.top, rows.rest)
  }

  /// One order.
  init(fields: Int, courses: Int, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    let parts = page.split(top: max(2, fields + 2), gap: gap)
    self.fields = parts.top
    var rest = parts.rest
    let wanted = courses + 2
    if courses > 0, rest.height >= wanted {
      let rows = rest.split(top: wanted, gap: gap)
      (self.courses, rest) = (rows.top, rows.rest)
    }
    if fields > 0, rest.height >= 3 { events = rest }
  }

  func rect(_ panel: DataPanel) -> Rect? {
    switch panel {
    case .stores: stores
    case .keys: keys
    case .flows: flows
    case .tables: tables
    case .outbox: outbox
    case .changes: changes
    case .events: events
    }
  }
}
