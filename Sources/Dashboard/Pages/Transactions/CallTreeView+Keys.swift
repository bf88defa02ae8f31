import Drawing
import TraceCollector

extension CallTreeView {
  /// What a key does within the tree; nil when it means nothing here.
  mutating func press(_ key: KeyPress, _ size: Size) -> [Action]? {
    if key.alt { return nil }
    if move(key, size) { return [] }
    switch key.key {
    case .character("t"): cycleDisplay(size)
    case .character("n"), .character("N"):
      if !goToError(forward: key.key == .character("n"), size) { return [.say("nothing failed in this transaction")] }
    case .character("p"):
      cyclePath()
      return [.say(pathSentence)]
    case .character("e"): toggleErrors(size)
    case .character("d"):
      guard let tree, let current else { return [] }
      return [.show(Popup(FactsPopup(tree: tree, row: tree.rows[current])))]
    case .character("+"), .character("="): axis.zoom(in: true, around: position)
    case .character("-"): axis.zoom(in: false, around: position)
    case .character("z"): axis.reset()
    case .escape:
      guard !search.isEmpty else { return nil }
      narrow(to: "", size)
    default: return nil
    }
    return []
  }

  private var pathSentence: String {
    switch shownPath {
    case .transaction: "critical path of the transaction: from its first start to its last end, through its records"
    case .request: "critical path of the request: until its answer, without what records set off"
    case .off: "critical path off"
    }
  }

  /// The middle of the row under the cursor, 0…1 of the whole.
  private var position: Double {
    guard let tree, let current, tree.duration > 0 else { return 0.5 }
    let row = tree.rows[current]
    return (Double(row.start &- tree.start) + Double(row.duration ?? 0) / 2) / Double(tree.duration)
  }

  private mutating func move(_ key: KeyPress, _ size: Size) -> Bool {
    switch display {
    case .events: return eventCursor.press(key, count: events.count, height: height(size))
    case .flame:
      if [.left, .right].contains(key.key), axis.pan(later: key.key == .right) { return true }
      guard let next = flameNeighbour(key.key) else {
        return [.up, .down, .left, .right].contains(key.key)
      }
      flameRow = next
      return true
    case .tree: break
    }
    switch key.key {
    case .enter: toggleFold(size)
    case .left: if !axis.pan(later: false) { foldOrLeave(size) }
    case .right: if !axis.pan(later: true) { unfoldOrEnter(size) }
    default: return cursor.press(key, count: visible.count, height: height(size))
    }
    return true
  }

  private mutating func toggleFold(_ size: Size) {
    guard let current, tree?.rows[current].hasChildren == true else { return }
    setFolded(!isFolded(current), row: current, size)
  }

  /// Folds the row, or goes to the one above it.
  private mutating func foldOrLeave(_ size: Size) {
    guard let current, let row = tree?.rows[current] else { return }
    if row.hasChildren, !isFolded(current) { return setFolded(true, row: current, size) }
    guard let parent = row.parent else { return }
    cursor.move(to: visible.line(of: parent), count: visible.count, height: height(size))
  }

  /// Unfolds the row, or goes to the first one below it.
  private mutating func unfoldOrEnter(_ size: Size) {
    guard let current, let row = tree?.rows[current], row.hasChildren else { return }
    if isFolded(current) { return setFolded(false, row: current, size) }
    cursor.move(to: cursor.line + 1, count: visible.count, height: height(size))
  }

  // MARK: The mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ size: Size) -> [Action]? {
    let geometry = CallTreeGeometry(page: area, isTall: FrameLayout(size: size).isTall, lines: lineCount)
    let body = geometry.body
    switch event.action {
    case .wheelUp, .wheelDown:
      let lines = event.action == .wheelUp ? -3 : 3
      switch display {
      case .tree: cursor.scroll(by: lines, count: visible.count, height: body.height)
      case .events: eventCursor.scroll(by: lines, count: events.count, height: body.height)
      case .flame: return nil
      }
    case .press, .doubleClick:
      guard body.inset(left: -1, right: -1).contains(x: event.column, y: event.row) else { return nil }
      let line = event.row - body.y
      switch display {
      case .tree:
        guard cursor.offset + line < visible.count else { return nil }
        cursor.move(to: cursor.offset + line, count: visible.count, height: body.height)
        if event.action == .doubleClick { toggleFold(size) }
      case .events:
        guard eventCursor.offset + line < events.count else { return nil }
        eventCursor.move(to: eventCursor.offset + line, count: events.count, height: body.height)
      case .flame: return nil
      }
    case .release, .move: return nil
    }
    return []
  }
}
