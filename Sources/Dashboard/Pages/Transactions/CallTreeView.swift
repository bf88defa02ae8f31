import Drawing
import Operations
import TraceCollector
import TraceModel

/// One transaction as it is looked at: its call tree, what is folded away, and where the cursor is.
struct CallTreeView: Sendable {
  enum Display: String, Sendable, CaseIterable {
    case tree, flame, events
  }

  /// Which critical path is shown.
  enum PathChoice: Sendable, CaseIterable {
    case transaction, request, off
  }

  let gtxid: GTXID
  private(set) var detail: TransactionDetail?
  /// Whether clocks of its tree were set right.
  private(set) var isCorrected = false
  /// Nothing is known of it, or no longer.
  private(set) var isUnknown = false
  private(set) var layout: CallTreeLayout?
  /// Columns for the widest line of the tree.
  private(set) var nameWidth = 0
  /// By their numbers in the tree: the rows that are not folded away or filtered out.
  private(set) var visible: [Int] = []
  private(set) var path: CriticalPath?
  private(set) var events: [TransactionMoment] = []
  var cursor = LineCursor()
  var eventCursor = LineCursor()
  var flameRow = 0
  var axis = TimeAxis()
  private(set) var display = Display.tree
  private(set) var onlyErrors = false
  private(set) var search = ""
  private var pathChoice: PathChoice?
  /// Rows that are folded or unfolded, other than they were at first.
  private var turned: Set<CallTreeRowKey> = []
  /// The span the cursor goes to as soon as it is known.
  private var wanted: SpanID?

  init(_ gtxid: GTXID, span: SpanID? = nil) {
    self.gtxid = gtxid
    wanted = span
  }

  /// The number of the row under the cursor.
  var current: Int? {
    switch display {
    case .tree: visible.indices.contains(cursor.line) ? visible[cursor.line] : nil
    case .flame: layout.map { flameRow < $0.tree.rows.count ? flameRow : 0 }
    case .events: events.indices.contains(eventCursor.line) ? events[eventCursor.line].row : nil
    }
  }

  private var currentKey: CallTreeRowKey? {
    guard let layout, let current, layout.tree.rows.indices.contains(current) else { return nil }
    return layout.key(of: current)
  }

  var tree: CallTree? { layout?.tree }

  var shownPath: PathChoice {
    pathChoice ?? (tree?.defaultPathKind == .request ? .request : .transaction)
  }

  /// The lines that the display in use has.
  var lineCount: Int {
    switch display {
    case .tree: visible.count
    case .flame: (tree?.rows.map(\.depth).max() ?? 0) + 1
    case .events: events.count
    }
  }

  /// How many of them are in sight.
  func height(_ size: Size) -> Int { CallTreeGeometry(size, lines: lineCount).body.height }

  // MARK: What comes in

  /// Takes what was loaded, with the cursor on the row that it was on.
  mutating func take(_ detail: TransactionDetail, _ size: Size) {
    let key = currentKey
    let eventLine = eventCursor.line
    let layout = CallTreeLayout(detail.tree)
    self.detail = detail
    isCorrected = detail.tree.nodes.contains { $0.skew != 0 }
    self.layout = layout
    nameWidth = CallTreeRowDrawing.widest(in: layout)
    isUnknown = false
    events = TransactionMoment.all(of: detail)
    computePath()
    computeVisible()
    if let wanted, let row = layout.row(of: wanted) {
      self.wanted = nil
      reveal(row, size)
    } else if let key, let row = layout.row(of: key) {
      flameRow = row
      cursor.move(to: visible.line(of: row), count: visible.count, height: height(size))
    } else {
      cursor.move(to: cursor.line, count: visible.count, height: height(size))
    }
    eventCursor.move(to: eventLine, count: events.count, height: height(size))
  }

  mutating func takeUnknown() { isUnknown = detail == nil }

  /// Puts the cursor on a span, now or as soon as it is known.
  mutating func seek(_ span: SpanID, _ size: Size) {
    wanted = span
    guard let row = layout?.row(of: span) else { return }
    wanted = nil
    reveal(row, size)
  }

  // MARK: What is shown

  mutating func cycleDisplay(_ size: Size) {
    let row = current
    display = display.next
    guard let row else { return }
    switch display {
    case .tree: cursor.move(to: visible.line(of: row), count: visible.count, height: height(size))
    case .flame: flameRow = row
    case .events:
      let line = events.firstIndex { $0.row == row } ?? 0
      eventCursor.move(to: line, count: events.count, height: height(size))
    }
  }

  mutating func cyclePath() {
    let all = PathChoice.allCases
    pathChoice = all[((all.firstIndex(of: shownPath) ?? 0) + 1) % all.count]
    computePath()
  }

  mutating func toggleErrors(_ size: Size) {
    onlyErrors.toggle()
    keepingCursor(size) { $0.computeVisible() }
  }

  mutating func narrow(to text: String, _ size: Size) {
    search = text
    keepingCursor(size) { $0.computeVisible() }
    if !text.isEmpty, let first = visible.firstIndex(where: matches) {
      cursor.move(to: first, count: visible.count, height: height(size))
    }
  }

  /// Whether a row is what is searched for, and not only on the way to it.
  func matches(_ row: Int) -> Bool {
    guard let layout else { return false }
    return CallTreeSearch(search).matches(layout.tree.rows[row], in: layout.tree)
  }

  // MARK: Folding

  func isFolded(_ row: Int) -> Bool {
    guard let layout, layout.tree.rows[row].hasChildren else { return false }
    return layout.tree.rows[row].isSummary != (!turned.isEmpty && turned.contains(layout.key(of: row)))
  }

  mutating func setFolded(_ isFolded: Bool, row: Int, _ size: Size) {
    if isFolded != self.isFolded(row) { turn(row) }
    keepingCursor(size) { $0.computeVisible() }
  }

  private mutating func turn(_ row: Int) {
    guard let key = layout?.key(of: row) else { return }
    if turned.remove(key) == nil { turned.insert(key) }
  }

  /// Puts the cursor on a row, with whatever hides it unfolded.
  mutating func reveal(_ row: Int, _ size: Size) {
    guard let layout else { return }
    var above = layout.tree.rows[row].parent
    while let index = above {
      if isFolded(index) { turn(index) }
      above = layout.tree.rows[index].parent
    }
    computeVisible()
    flameRow = row
    cursor.move(to: visible.line(of: row), count: visible.count, height: height(size))
  }

  /// The next row that failed, after the cursor or before it, round the end.
  mutating func goToError(forward: Bool, _ size: Size) -> Bool {
    guard let layout else { return false }
    let rows = layout.tree.rows
    let failed = rows.indices.filter { layout.isOrigin[$0] || rows[$0].code == .refused }
    guard !failed.isEmpty else { return false }
    let here = current ?? 0
    let next = forward ? failed.first { $0 > here } ?? failed[0] : failed.last { $0 < here } ?? failed[failed.count - 1]
    reveal(next, size)
    if display == .events, let line = events.firstIndex(where: { $0.row == next }) {
      eventCursor.move(to: line, count: events.count, height: height(size))
    }
    return true
  }

  private mutating func keepingCursor(_ size: Size, _ change: (inout Self) -> Void) {
    let row = visible.indices.contains(cursor.line) ? visible[cursor.line] : nil
    change(&self)
    cursor.move(to: row.map(visible.line(of:)) ?? 0, count: visible.count, height: height(size))
  }

  private mutating func computePath() {
    switch shownPath {
    case .off: path = nil
    case .transaction: path = tree?.criticalPath(.transaction)
    case .request: path = tree?.criticalPath(.request)
    }
  }

  private mutating func computeVisible() {
    guard let layout else { return }
    let wanted = rowsOnTheWay(layout)
    let rows = layout.tree.rows
    let hasFolds = search.isEmpty && !onlyErrors
    var shown: [Int] = []
    shown.reserveCapacity(rows.count)
    var index = 0
    while index < rows.count {
      let isWanted = wanted?[index] ?? true
      if isWanted { shown.append(index) }
      let skips = !isWanted || hasFolds && isFolded(index)
      index = skips ? max(index + 1, rows[index].subtreeEnd) : index + 1
    }
    visible = shown
  }

  /// The rows that errors or a search leave, with what is above them; nil when they leave all.
  private func rowsOnTheWay(_ layout: CallTreeLayout) -> [Bool]? {
    guard onlyErrors || !search.isEmpty else { return nil }
    let rows = layout.tree.rows
    let search = CallTreeSearch(search)
    var isWanted = rows.indices.map { index in
      (!onlyErrors || rows[index].isError || rows[index].code == .refused)
        && search.matches(rows[index], in: layout.tree)
    }
    for index in rows.indices.reversed() where isWanted[index] {
      if let parent = rows[index].parent { isWanted[parent] = true }
    }
    return isWanted
  }
}

extension [Int] {
  /// Where a row stands among those that are shown, or the nearest one above it.
  func line(of row: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= row { low = middle + 1 } else { high = middle }
    }
    return Swift.max(0, low - 1)
  }
}

/// What is looked for within a call tree: without case, in names, topics, errors and the values of attributes.
struct CallTreeSearch {
  private let text: String

  init(_ text: String) {
    self.text = text
  }

  func matches(_ row: CallTreeRow, in tree: CallTree) -> Bool {
    if text.isEmpty { return true }
    let hop = row.ltxid?.description ?? ""
    if [row.service, row.operation, row.topic, row.to, hop].contains(where: { CaseInsensitive.contains($0, text) }) {
      return true
    }
    guard row.isCall else { return false }
    let span = tree.nodes[row.node].span
    if CaseInsensitive.contains(span.message, text) || CaseInsensitive.contains(span.instance, text) { return true }
    return span.attributes.contains { CaseInsensitive.contains("\($0.name)=\($0.value)", text) }
  }
}
