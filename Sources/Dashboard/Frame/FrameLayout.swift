import Drawing

/// Where what every page shares stands in a terminal.
struct FrameLayout: Sendable {
  /// Smaller than this nothing can be shown.
  static let least = Size(columns: 40, rows: 12)
  /// From this width names are whole; below it they are short.
  static let wide = 100
  /// From this height lines are left empty between panels.
  static let tall = 30

  let size: Size

  var isWide: Bool { size.columns >= Self.wide }
  var isTall: Bool { size.rows >= Self.tall }
  var isTooSmall: Bool { size.columns < Self.least.columns || size.rows < Self.least.rows }

  var statusLine: Int { 0 }
  var tabLine: Int { 1 }
  var lastLine: Int { size.rows - 1 }

  /// The page's own lines.
  var page: Rect {
    let top = isTall ? 3 : 2
    return Rect(x: 0, y: top, width: size.columns, height: size.rows - 1 - top)
  }
}
