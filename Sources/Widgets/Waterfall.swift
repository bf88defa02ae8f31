public import Drawing

/// A time axis on which spans, waits and moments are drawn, one to a line.
public struct Waterfall: Sendable {
  /// The times at the left and the right edge, in nanoseconds.
  public var start: Int64
  public var end: Int64
  public var width: Int

  /// The axis is a nanosecond long at least, and at most as long as a number can say.
  public init(start: Int64, end: Int64, width: Int) {
    self.start = min(start, Int64.max - 1)
    let (limit, overflow) = self.start.addingReportingOverflow(.max)
    self.end = min(max(end, self.start + 1), overflow ? Int64.max : limit)
    self.width = max(0, width)
  }

  /// The column of a moment; outside the axis when the moment is.
  public func column(of time: Int64) -> Int { Int(position(of: time).rounded(.down)) }

  private func position(of time: Int64) -> Double {
    // Clocks that are off by ages put spans further away than a number can say.
    let (difference, overflow) = time.subtractingReportingOverflow(start)
    let distance: Int64 = overflow ? (time < start ? Int64.min : Int64.max) : difference
    // Multiplied first: what divides without a rest is then exact.
    return min(max(Double(distance) * Double(width) / Double(end - start), -1e15), 1e15)
  }

  /// A moment: a breaker opened, a call refused.
  public func drawMoment(_ run: Run, at time: Int64, on canvas: inout Canvas, x: Int, y: Int) {
    let column = time == end ? width - 1 : column(of: time)
    guard column >= 0, column < width else { return }
    canvas.rich([run], x: x + column, y: y, over: true)
  }

  /// Nothing happened on purpose: a back-off.
  public func drawWait(from: Int64, to: Int64, _ ink: Ink = .muted, on canvas: inout Canvas, x: Int, y: Int) {
    let first = max(0, Int(position(of: from).rounded(.up)))
    let last = min(width, max(first + 1, column(of: to)))
    guard first < last else { return }
    canvas.put(String(repeating: Glyphs.eventEdge, count: last - first), x: x + first, y: y, ink, over: true)
  }

  /// A span's bar, exact to an eighth of a cell at both ends and at least an eighth wide.
  /// - Parameter critical: the stretches the span itself holds on the critical path.
  public func drawSpan(
    from: Int64, to: Int64, _ ink: Ink = .span, critical: [Range<Int64>] = [], on canvas: inout Canvas, x: Int, y: Int
  ) {
    var eighths = [Ink?](repeating: nil, count: width * 8)
    paint(from, to, ink, &eighths)
    for stretch in critical { paint(stretch.lowerBound, stretch.upperBound, .critical, &eighths) }
    for column in 0..<width {
      drawCell(eighths[column * 8..<column * 8 + 8], on: &canvas, x: x + column, y: y)
    }
  }

  private func paint(_ from: Int64, _ to: Int64, _ ink: Ink, _ eighths: inout [Ink?]) {
    guard to >= start, from <= end, !eighths.isEmpty else { return }
    let first = min(max(0, Int((position(of: from) * 8).rounded(.down))), eighths.count - 1)
    let last = min(max(first + 1, Int((position(of: to) * 8).rounded())), eighths.count)
    for index in first..<last { eighths[index] = ink }
  }

  private static let blocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

  /// A cell can show two inks with one edge between them; where there are more, the two that fill most of it.
  private func drawCell(_ eighths: ArraySlice<Ink?>, on canvas: inout Canvas, x: Int, y: Int) {
    let inks = eighths.compactMap { $0 }
    guard let first = inks.first else { return }
    if canvas.glyphSet == .ascii {
      canvas.put(
        inks.contains(.critical) ? "#" : "=", x: x, y: y, inks.contains(.critical) ? .critical : first, over: true)
      return
    }
    let ground = canvas.ground(x: x, y: y)
    let edge = eighths.firstIndex { $0 != eighths.first } ?? eighths.endIndex
    let (count, last) = (edge - eighths.startIndex, eighths.last ?? nil)
    if count == 8 {
      canvas.put("█", x: x, y: y, first, over: true)
    } else if eighths[edge...].allSatisfy({ $0 == last }) {
      canvas.put(
        Self.blocks[count], x: x, y: y, eighths.first.flatMap { $0 } ?? ground, background: last ?? ground, over: true)
    } else {
      // Blank on both sides: the half of the cell it lies in.
      let middle = eighths.indices.filter { eighths[$0] != nil }
      let isLeft = (middle.first ?? 0) + (middle.last ?? 0) < eighths.startIndex * 2 + 7
      canvas.put(isLeft ? "▌" : "▐", x: x, y: y, inks[inks.count / 2], over: true)
    }
  }
}
