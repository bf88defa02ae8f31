/// How many cells a screen has.
public struct Size: Hashable, Sendable {
  public var columns: Int
  public var rows: Int

  public init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }
}

/// A rectangle of cells: column `x` and line `y` of its first cell, counted from 0, and how many it holds each way.
public struct Rect: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int

  /// Negative widths and heights become 0.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// The column after the last one.
  public var right: Int { x + width }
  /// The line after the last one.
  public var bottom: Int { y + height }
  public var isEmpty: Bool { width == 0 || height == 0 }
  public var size: Size { Size(columns: width, rows: height) }

  public func contains(x column: Int, y line: Int) -> Bool {
    column >= x && column < right && line >= y && line < bottom
  }
}

extension Rect {
  /// The rectangle without `margin` cells on each side.
  public func inset(by margin: Int) -> Rect {
    inset(left: margin, top: margin, right: margin, bottom: margin)
  }

  /// The rectangle without that many cells on each side; negative ones make it larger.
  public func inset(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) -> Rect {
    Rect(x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
  }

  /// The cells that are in both; empty when there are none.
  public func intersection(_ other: Rect) -> Rect {
    let (left, top) = (max(x, other.x), max(y, other.y))
    return Rect(x: left, y: top, width: min(right, other.right) - left, height: min(bottom, other.bottom) - top)
  }

  /// The first `rows` lines and what is left below them after `gap` empty ones. The first gets no more than there is.
  public func split(top rows: Int, gap: Int = 0) -> (top: Rect, rest: Rect) {
    let taken = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: taken),
      Rect(x: x, y: y + taken + gap, width: width, height: height - taken - gap)
    )
  }

  /// What is left above, and the last `rows` lines after `gap` empty ones.
  public func split(bottom rows: Int, gap: Int = 0) -> (rest: Rect, bottom: Rect) {
    let taken = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: height - taken - gap),
      Rect(x: x, y: bottom - taken, width: width, height: taken)
    )
  }

  /// The first `columns` columns and what is left of them after `gap` empty ones.
  public func split(left columns: Int, gap: Int = 3) -> (left: Rect, rest: Rect) {
    let taken = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: taken, height: height),
      Rect(x: x + taken + gap, y: y, width: width - taken - gap, height: height)
    )
  }

  /// What is left, and the last `columns` columns after `gap` empty ones.
  public func split(right columns: Int, gap: Int = 3) -> (rest: Rect, right: Rect) {
    let taken = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: width - taken - gap, height: height),
      Rect(x: right - taken, y: y, width: taken, height: height)
    )
  }

  /// `count` columns of equal width with `gap` empty ones between; what does not divide goes to the first ones.
  public func columns(_ count: Int, gap: Int = 3) -> [Rect] {
    precondition(count > 0, "a rectangle is split into one column at least")
    let room = max(0, width - gap * (count - 1))
    var left = x
    return (0..<count).map { index in
      let share = room / count + (index < room % count ? 1 : 0)
      defer { left += share + gap }
      return Rect(x: left, y: y, width: share, height: height)
    }
  }

  /// A rectangle of this size in the middle, no larger than this one.
  public func centered(width wanted: Int, height tall: Int) -> Rect {
    let (columns, rows) = (min(wanted, width), min(tall, height))
    return Rect(x: x + (width - columns) / 2, y: y + (height - rows) / 2, width: columns, height: rows)
  }
}
