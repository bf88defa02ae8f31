import Drawing

/// Where the parts of the page of sagas stand. What does not fit is left out.
struct SagasLayout {
  /// How many are in which state, with its rule and headings.
  private(set) var definitions: Rect?
  private(set) var sagas: Rect?
  /// About the saga under the cursor, with its rule.
  private(set) var facts: Rect?
  private(set) var timeline: Rect?

  /// The least of a list: rule, headings, four rows.
  private static let leastRows = 6

  /// - Parameters:
  ///   - definitions: lines of the table of definitions.
  ///   - facts: lines about the saga under the cursor.
  init(definitions: Int, sagas: Int, facts: Int, isOpened: Bool, area: Rect, isTall: Bool) {
    let gap = isTall ? 1 : 0
    let page = area.inset(left: 2, right: 2, bottom: gap)
    if isOpened {
      let wanted = min(facts + 1, max(2, page.height / 2))
      let parts = page.split(top: wanted, gap: gap)
      (self.facts, timeline) = (parts.top, parts.rest)
      return
    }
    var rest = page
    let counts = definitions > 0 ? definitions + 2 : 0
    if counts > 0, rest.height >= counts + gap + Self.leastRows {
      let parts = rest.split(top: counts, gap: gap)
      (self.definitions, rest) = (parts.top, parts.rest)
    }
    let told = facts + 1
    if facts > 0, rest.height >= told + gap + Self.leastRows {
      // What there is to say stands right below the last row.
      let list = min(max(sagas + 2, Self.leastRows), rest.height - told - gap)
      let parts = rest.split(top: list, gap: gap)
      (self.sagas, self.facts) = (parts.top, parts.rest.split(top: told).top)
    } else {
      self.sagas = rest
    }
  }
}
