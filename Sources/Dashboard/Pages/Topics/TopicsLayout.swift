import Drawing

/// What has a cursor on the page of topics.
enum TopicPanel: Sendable, Hashable, CaseIterable {
  case topics, partitions, events
}

/// Where the parts of the page of topics stand. What does not fit is left out.
struct TopicsLayout {
  private(set) var table: Rect?
  /// Partitions × groups, with its rule.
  private(set) var partitions: Rect?
  private(set) var chart: Rect?
  private(set) var verdict: Rect?
  private(set) var events: Rect?

  struct Content {
    var rows: Int
    var partitions: Int
    var why: Int
    var events: Int
    var isOpened: Bool
  }

  /// Narrower than this, chart and verdict stand below each other.
  private static let twoColumns = 84
  /// The least of a panel with two lines of content.
  private static let least = 4

  init(_ content: Content, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    if content.isOpened {
      placeDetail(content, in: page, gap: gap)
      return
    }
    let wanted = max(1, content.rows) + 2
    let ideal = content.partitions + 4 + gap + 7 + gap + 1
    let room = min(ideal, max(page.height - wanted - gap, page.height * 3 / 5))
    guard room >= 7, content.rows > 0 else {
      table = page
      return
    }
    let top = page.split(top: min(wanted, page.height - room - gap), gap: gap)
    table = top.top
    placeDetail(content, in: top.rest, gap: gap)
  }

  private mutating func placeDetail(_ content: Content, in rect: Rect, gap: Int) {
    let grid = content.partitions + 4
    var rest = rect
    let wantsEvents = content.events > 0 && rect.height >= Self.least + 6 + gap
    if wantsEvents {
      let wide = rest.width >= Self.twoColumns
      let detail = grid + max(content.why + 1, wide ? 10 : 5) + 2 * gap
      let lines = content.isOpened ? min(content.events + 1, max(2, rect.height - detail)) : 1
      let parts = rect.split(bottom: lines, gap: gap)
      (rest, events) = (parts.rest, parts.bottom)
    }
    let lower = rest.width >= Self.twoColumns ? 7 : min(max(content.why, 5), 7)
    let hasLower = rest.height >= Self.least + 1 + 4 + gap
    // Where there is not room for both, the partitions are wanted first.
    let kept = rest.height < grid + lower + gap ? 4 : lower
    let upper = hasLower ? min(grid, max(Self.least + 1, rest.height - kept - gap)) : min(grid, rest.height)
    let parts = rest.split(top: upper, gap: gap)
    partitions = parts.top
    guard hasLower, parts.rest.height >= 4 else { return }
    if rest.width >= Self.twoColumns {
      let columns = parts.rest.split(top: content.isOpened ? parts.rest.height : max(lower, content.why + 1)).top
        .columns(2)
      (chart, verdict) = (columns[0].split(top: 16).top, columns[1])
    } else if parts.rest.height >= content.why + 1 + 6 {
      let stacked = parts.rest.split(bottom: content.why + 1, gap: gap)
      (chart, verdict) = (stacked.rest.split(top: 10).top, stacked.bottom)
    } else {
      verdict = parts.rest
    }
  }
}
