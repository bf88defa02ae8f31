import Drawing

/// Where the parts of the page stand.
struct MapLayout: Sendable {
  /// From this width on all layers stand beside each other; below it there is a tree.
  static let wide = 96

  let rule: Rect
  let map: Rect
  /// What is under the cursor, in a sentence.
  let facts: Rect
  let isTree: Bool

  init(_ area: Rect, isTall: Bool) {
    let content = area.inset(left: 2, right: 2)
    isTree = area.width < Self.wide || area.height < 16
    let (rule, rest) = content.split(top: 1, gap: isTall ? 1 : 0)
    self.rule = rule
    let lines = area.height < 10 ? 1 : area.width < 60 ? 2 : isTall || area.width >= Self.wide ? 1 : 2
    let (upper, lower) = rest.split(bottom: lines, gap: isTall || area.height >= 16 ? 1 : 0)
    // A map has no bar of a selected row, and can use the column.
    map = isTree ? upper : upper.inset(left: -1, right: -1)
    facts = lower
  }
}
