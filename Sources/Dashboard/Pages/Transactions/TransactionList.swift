import Drawing
import Operations
import TraceModel

/// The rows of the page: which transactions, in which order, and where the cursor is among them.
///
/// The cursor stays on the newest transaction until it is moved, and from then on with the one that it is on. While it
/// follows the newest, new rows come in once a second: what somebody sees and chooses must not be another one when the
/// key arrives.
struct TransactionList: Sendable {
  enum Order: String, Sendable, CaseIterable {
    case start, duration, state, kind, hops, error

    /// Whether the interesting end is the high one, and so comes first.
    var isDescendingByNature: Bool { self == .start || self == .duration || self == .hops || self == .error }
  }

  private(set) var rows: [TransactionSummary] = []
  /// The columns of the screen that the longest kind takes, measured when the rows change.
  private(set) var kindWidth = 8
  /// How many there are before the filter.
  private(set) var all = 0
  /// What was found for the filter among all that are kept; nil while nobody has looked.
  private(set) var found: TransactionAnswer?
  /// Whether the filter lets more through than are listed.
  var isFull: Bool { !filter.isEmpty && found?.isFull ?? false }
  private(set) var cursor = LineCursor()
  private(set) var order = Order.start
  private(set) var isDescending = true
  private(set) var filter = TransactionFilter(.everything)
  /// As it was typed, right or wrong.
  private(set) var filterText = ""
  /// The row the cursor stays on; nil while it follows the newest.
  private var anchor: GTXID?
  /// What the rows were last made of: the moment on the screen's clock, the state's own time.
  private var taken: (at: Int64, time: Int64)?
  private var reaction = Reaction<GTXID>()

  var isFollowing: Bool { anchor == nil }
  var current: TransactionSummary? { rows.indices.contains(cursor.line) ? rows[cursor.line] : nil }

  /// The row that somebody means who presses a key at `clock`.
  func chosen(at clock: Int64) -> TransactionSummary? {
    guard isFollowing, let before = reaction.meant(at: clock) else { return current }
    return rows.first { $0.gtxid == before } ?? current
  }

  /// The state has changed, or more was found.
  /// - Parameters:
  ///   - found: what was found for the filter.
  ///   - clock: nanoseconds on a clock that only goes forward.
  mutating func update(
    _ snapshot: SystemSnapshot, found: TransactionAnswer?, height: Int, clock: Int64, isFrozen: Bool
  ) {
    // What is found further back stands below, and moves nothing.
    let isSearching = found.map { $0.searched != self.found?.searched && self.found?.isComplete != true } ?? false
    self.found = found
    if isFollowing, !isFrozen, !isSearching, !rows.isEmpty, let taken, clock - taken.at < Reaction<GTXID>.hold,
      snapshot.time >= taken.time
    {
      self.taken?.time = snapshot.time
      return refresh(from: snapshot)
    }
    let last = current?.gtxid
    rebuild(snapshot, found: found, height: height)
    reaction.changed(from: last, at: clock)
    taken = (clock, snapshot.time)
  }

  /// The same rows, with what has become of them.
  private mutating func refresh(from snapshot: SystemSnapshot) {
    count(snapshot)
    var places: [GTXID: Int] = [:]
    for (place, row) in rows.enumerated() { places[row.gtxid] = place }
    for transaction in snapshot.transactions {
      if let place = places[transaction.gtxid] { rows[place] = transaction }
    }
    measureKinds()
  }

  /// Among so many rows the longest kind is looked for.
  private static let rowsMeasured = 500

  private mutating func measureKinds() {
    kindWidth = max(8, rows.prefix(Self.rowsMeasured).map { visible($0.kind).cellWidth }.max() ?? 8)
  }

  /// Takes everything in at once, since somebody asked for another order or filter.
  mutating func rebuild(_ snapshot: SystemSnapshot, found: TransactionAnswer?, height: Int) {
    reaction.forget()
    self.found = found
    count(snapshot)
    rows = filter.isEmpty ? snapshot.transactions : wanted(snapshot)
    sort()
    measureKinds()
    guard let anchor else { return cursor.move(to: 0, count: rows.count, height: height) }
    if let line = rows.firstIndex(where: { $0.gtxid == anchor }) {
      cursor.follow(to: line, count: rows.count, height: height)
    } else {
      cursor.move(to: cursor.line, count: rows.count, height: height)
      self.anchor = current?.gtxid
    }
  }

  private mutating func count(_ snapshot: SystemSnapshot) {
    all = max(snapshot.transactions.count, filter.isEmpty ? 0 : found?.held ?? 0)
  }

  /// Those of the newest that the filter lets through, as they are now, and behind them what was found among the others.
  private func wanted(_ snapshot: SystemSnapshot) -> [TransactionSummary] {
    let others = found?.rows ?? []
    let foundIDs = Set(others.lazy.map(\.gtxid))
    let newest = snapshot.transactions.filter { filter.verdict($0) ?? foundIDs.contains($0.gtxid) }
    let shown = Set(snapshot.transactions.lazy.map(\.gtxid))
    return newest + others.filter { !shown.contains($0.gtxid) }
  }

  /// Takes a filter as it is typed; the last right one stays in use while it is wrong.
  mutating func narrow(to text: String) -> String? {
    filterText = text
    do throws(TransactionFilterError) {
      filter = try TransactionFilter(parsing: text)
      return nil
    } catch {
      return error.description
    }
  }

  mutating func sortByNext() {
    let all = Order.allCases
    sort(by: all[((all.firstIndex(of: order) ?? 0) + 1) % all.count])
  }

  /// Sorts by a column; by the one that it is sorted by already the other way round.
  mutating func sort(by order: Order) {
    isDescending = order == self.order ? !isDescending : order.isDescendingByNature
    self.order = order
  }

  mutating func reverse() { isDescending.toggle() }

  mutating func press(_ key: KeyPress, height: Int) -> Bool {
    guard cursor.press(key, count: rows.count, height: height) else { return false }
    let follows = key.key == .home || key.key == .character("g")
    anchor = follows ? nil : current?.gtxid
    if follows {
      taken = nil
      reaction.forget()
    }
    return true
  }

  mutating func select(line: Int, height: Int) {
    cursor.move(to: line, count: rows.count, height: height)
    anchor = current?.gtxid
  }

  mutating func select(_ id: GTXID, height: Int) {
    guard let line = rows.firstIndex(where: { $0.gtxid == id }) else { return }
    select(line: line, height: height)
  }

  mutating func scroll(by lines: Int, height: Int) {
    cursor.scroll(by: lines, count: rows.count, height: height)
    anchor = current?.gtxid
  }

  private mutating func sort() {
    switch order {
    case .start: if !isDescending || !isNewestFirst { sort { $0.start } }
    case .duration: sort { $0.duration }
    case .state: sort { $0.urgency }
    case .kind: sort { $0.kind }
    case .hops: sort { $0.hops }
    case .error: sort { $0.errors }
    }
  }

  private var isNewestFirst: Bool { zip(rows, rows.dropFirst()).allSatisfy { $0.start >= $1.start } }

  private mutating func sort<Key: Comparable>(by key: (TransactionSummary) -> Key) {
    rows.sort { isDescending ? key($0) > key($1) : key($0) < key($1) }
  }
}

extension TransactionSummary {
  /// How soon somebody should look: 0 first.
  var urgency: Int {
    switch state {
    case .stuck: 0
    case .failed, .error: 1
    case .running, .compensating: isOverdue ? 2 : 5
    case .compensated: 3
    case .rejected: 4
    case .committed, .ok: 6
    }
  }

  /// What it needs to say for itself: why it is stuck, its first error, or where it is.
  var remark: String {
    if !stuckReason.isEmpty { return stuckReason }
    if !firstError.isEmpty { return firstError }
    return state.hasEnded || step.isEmpty ? "" : "at \(step)"
  }
}
