public import Drawing

/// How a list moves under its window.
public enum Scroll {
  /// The first row to show: `offset`, moved as little as needed for `row` to be in sight and the window to be full.
  public static func offset(_ offset: Int, showing row: Int?, count: Int, height: Int) -> Int {
    guard height > 0 else { return 0 }
    var first = offset
    if let row { first = min(max(first, row - height + 1), row) }
    return max(0, min(first, count - height))
  }

  /// Which rows are in sight, to follow a panel's title: `  1–17/40`; nothing where all are.
  public static func range(from first: Int, height: Int, count: Int) -> [Run] {
    guard height > 0, count > height else { return [] }
    return [Run("  \(first + 1)–\(min(count, first + height))/\(Figures.count(count).text)", .muted)]
  }
}
