public import Drawing

/// A column of a ``TableView``: heading, width, and when it is dropped.
public struct TableColumn: Hashable, Sendable {
  public enum Width: Hashable, Sendable {
    /// That many columns. A figure that needs more gets more, as it is never cut.
    case fixed(Int)
    /// As wide as the widest cell in sight, but at least this.
    case fit(minimum: Int)
    /// At least `minimum`, and a share of what the others leave, up to `maximum`. Text in it is cut in the middle.
    case share(minimum: Int, maximum: Int)

    /// A share without an upper end.
    public static func share(minimum: Int) -> Width { .share(minimum: minimum, maximum: .max) }
  }

  public var heading: String
  public var width: Width
  public var align: Alignment
  /// 0 stays always; of the others the highest goes first.
  public var priority: Int
  /// Blanks before the column, where it is not the first.
  public var gap: Int

  public init(_ heading: String, _ width: Width, align: Alignment = .left, priority: Int = 0, gap: Int = 2) {
    self.heading = heading
    self.width = width
    self.align = align
    self.priority = priority
    self.gap = gap
  }
}

/// What stands in a row of a ``TableView``.
public enum TableCell: Sendable {
  case blank
  /// A name; cut in the middle where it does not fit.
  case text(String, Ink = .text, bold: Bool = false)
  /// Several inks; cut at the end where they do not fit.
  case runs([Run])
  /// Right-aligned numbers with their units below each other; never cut.
  case figure(Figure, Ink = .text, bold: Bool = false)
  /// Anything that draws itself into one line.
  case drawing(@Sendable (inout Canvas, Rect) -> Void)

  /// A figure where nothing is known.
  public static let unknown = TableCell.figure(.unknown, .faint)

  /// See ``Pulse``.
  public static func pulse(_ values: [Double], ink: Ink = .flow2) -> TableCell {
    .drawing { Pulse(values, ink: ink).draw(on: &$0, x: $1.x, y: $1.y, width: $1.width) }
  }

  /// See ``Sparkline``.
  public static func sparkline(_ values: [Double], tone: ChartTone = .ramp, top: Double? = nil) -> TableCell {
    .drawing { Sparkline(values, tone: tone, top: top).draw(on: &$0, x: $1.x, y: $1.y, width: $1.width) }
  }

  /// See ``Meter``.
  public static func meter(_ part: Double, ink: Ink) -> TableCell {
    .drawing { Meter(part, ink: ink).draw(on: &$0, x: $1.x, y: $1.y, width: $1.width) }
  }

  /// See ``HistoryStrip``.
  public static func history(_ states: [HistoryStrip.State]) -> TableCell {
    .drawing { HistoryStrip(states).draw(on: &$0, x: $1.x, y: $1.y, width: $1.width) }
  }
}

/// By which column a table is sorted.
public struct TableSort: Hashable, Sendable {
  public var column: Int
  public var isDescending: Bool

  public init(column: Int, isDescending: Bool) {
    self.column = column
    self.isDescending = isDescending
  }
}
