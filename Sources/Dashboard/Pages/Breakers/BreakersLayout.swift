import Drawing

/// What has a cursor on the page of breakers.
enum BreakerPanel: Sendable, Hashable {
  case breakers, calls, transitions, guards
}

/// Where the parts of the page of breakers stand. What does not fit is left out.
struct BreakersLayout {
  private(set) var table: Rect?
  /// The other guards, with their rule.
  private(set) var guards: Rect?
  /// The head of the breaker under the cursor.
  private(set) var head: Rect?
  private(set) var facts: Rect?
  private(set) var calls: Rect?
  private(set) var transitions: Rect?
  private(set) var cause: Rect?
  /// Whether facts have an empty line between them.
  private(set) var isSpaced = false

  /// Narrower than this, calls and transitions stand below each other.
  private static let twoColumns = 84

  struct Content {
    var rows: Int
    var facts: Int
    var calls: Int
    var transitions: Int
    var hasCause: Bool
    var showsGuards: Bool
    var isOpened: Bool
  }

  init(_ content: Content, area: Rect, isTall: Bool) {
    let page = area.inset(left: 2, right: 2)
    let gap = isTall ? 1 : 0
    if content.isOpened {
      placeDetail(content, in: page, gap: gap)
      return
    }
    let wanted = max(1, content.rows) + 2
    let ideal = 3 + 2 * content.facts + max(content.calls, 1) + gap
    let room = min(max(ideal, content.transitions + 6), max(page.height - wanted - 2 * gap, page.height * 2 / 5))
    guard room >= 6 else {
      if content.showsGuards { guards = page } else { table = page }
      return
    }
    let parts = page.split(bottom: room, gap: gap)
    table = parts.rest.split(top: wanted).top
    let lower = page.split(top: (table?.height ?? 0) + gap).rest
    if content.showsGuards { guards = lower } else { placeDetail(content, in: lower, gap: gap) }
  }

  private mutating func placeDetail(_ content: Content, in rect: Rect, gap: Int) {
    let (top, rest) = rect.split(top: 1, gap: rect.height > 8 ? gap : 0)
    head = top
    guard rest.height > 0 else { return }
    if rest.width >= Self.twoColumns {
      let (left, right) = rest.split(left: rest.width / 2 - 2, gap: 4)
      placeLeft(content, in: left)
      placeRight(content, in: right)
      return
    }
    let wanted = 1 + min(content.transitions, 6)
    let hasBoth = rest.height >= content.facts + 3 + 4
    let parts = rest.split(bottom: hasBoth ? min(wanted, rest.height - content.facts - 3) : 0)
    placeLeft(content, in: parts.rest)
    if hasBoth { transitions = parts.bottom }
  }

  private mutating func placeLeft(_ content: Content, in rect: Rect) {
    isSpaced = rect.height >= 2 * content.facts + 1 + min(content.calls, 4)
    let parts = rect.split(top: isSpaced ? 2 * content.facts + 1 : content.facts)
    facts = parts.top
    calls = parts.rest.height > 0 ? parts.rest : nil
  }

  private mutating func placeRight(_ content: Content, in rect: Rect) {
    guard content.hasCause, rect.height >= 5 else {
      transitions = rect
      return
    }
    let parts = rect.split(top: min(content.transitions + 2, rect.height - 2), gap: 1)
    (transitions, cause) = (parts.top, parts.rest.split(top: 1).top)
  }
}
