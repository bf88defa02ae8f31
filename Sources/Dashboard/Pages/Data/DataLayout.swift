import Drawing

/// Where the parts of the page of data stand. What does not fit is left out.
struct DataLayout {
  private(set) var stores: Rect?
  private(set) var flows: Rect?
  /// What comes into the store under the cursor and leaves it, with its rule.
  private(set) var about: Rect?
  /// About one store, with its rule.
  private(set) var facts: Rect?
  private(set) var tables: Rect?
  private(set) var outbox: Rect?
  /// The order side by side, with its rule.
  private(set) var fields: Rect?
  /// What it took to decide it, with its rule.
  private(set) var courses: Rect?
  private(set) var events: Rect?

  /// Narrower than this, tables and outbox stand below each other.
  private static let twoColumns = 90
  /// The least of a list: rule, headings, two rows.
  private static let least = 4

  /// All stores.
  /// - Parameter about: lines about the store under the cursor.
  init(stores: Int, flows: Int, about: Int, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    let below = flows + 1
    guard flows > 0, page.height >= below + gap + 6 else {
      self.stores = page
      return
    }
    let parts = page.split(top: min(max(1, stores) + 2, page.height - below - gap), gap: gap)
    self.stores = parts.top
    let lower = parts.rest.split(top: below, gap: gap)
    self.flows = lower.top
    if about > 0, lower.rest.height >= about + 1 { self.about = lower.rest.split(top: about + 1).top }
  }

  /// One store.
  init(tables: Int, hasOutbox: Bool, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    let parts = page.split(top: 3, gap: gap)
    facts = parts.top
    let rest = parts.rest
    guard hasOutbox else {
      self.tables = rest
      return
    }
    if rest.width >= Self.twoColumns {
      let columns = rest.split(left: 36)
      (self.tables, outbox) = (columns.left, columns.rest)
    } else if rest.height >= 2 * Self.least + gap {
      let rows = rest.split(top: min(tables + 2, rest.height - Self.least - gap, rest.height / 2), gap: gap)
      (self.tables, outbox) = (rows.top, rows.rest)
    } else {
      outbox = rest
    }
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
    case .flows: flows
    case .tables: tables
    case .outbox: outbox
    case .events: events
    }
  }
}
