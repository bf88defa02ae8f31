public import Drawing

/// One line of a tree: indentation, a fold or another glyph, and its text.
public struct TreeLine: Sendable {
  public enum Fold: Hashable, Sendable {
    case leaf, unfolded, folded
  }

  /// 0 for a root; two columns each.
  public var depth: Int
  public var fold: Fold
  /// What stands in the fold's place: an event, a wait, a breaker.
  public var glyph: Run?
  public var runs: [Run]

  public init(depth: Int, fold: Fold = .leaf, glyph: Run? = nil, _ runs: [Run]) {
    self.depth = depth
    self.fold = fold
    self.glyph = glyph
    self.runs = runs
  }

  /// Draws the line; a depth that would leave no room for text is cut to half the width, and says so with its number.
  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    guard width > 2 else { return }
    var indent = max(0, depth) * 2
    if indent > width / 2 {
      indent = width / 2
      let note = "\(depth)›"
      if note.cellWidth < indent { canvas.put(note, x: x, y: y, .faint) }
    }
    let mark = glyph ?? Run(symbol, .faint)
    if !mark.text.isEmpty { canvas.rich([mark], x: x + indent, y: y) }
    canvas.rich(endEllipsis(runs, width - indent - 2), x: x + indent + 2, y: y)
  }

  private var symbol: String {
    switch fold {
    case .leaf: ""
    case .unfolded: Glyphs.unfolded
    case .folded: Glyphs.folded
    }
  }
}
