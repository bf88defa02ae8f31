public import Drawing

/// The line under a chart: how far back it goes, where faults were armed, and now.
public struct ChartAxis: Sendable {
  /// Seconds between two samples.
  public var interval: Int
  /// How far back the left edge is, where the samples were stretched; nil: two samples a column.
  public var seconds: Int?
  /// The word at the right edge; empty when the newest sample is not of now.
  public var end: String
  /// Names beside the first fault, or at the left where there is none.
  public var legend: [Run]

  public init(interval: Int = 1, seconds: Int? = nil, end: String = "now", legend: [Run] = []) {
    self.interval = interval
    self.seconds = seconds
    self.end = end
    self.legend = legend
  }

  /// - Parameter marks: columns, relative to `x`.
  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, marks: [Int]) {
    var free = [Bool](repeating: true, count: max(0, width))
    func take(_ column: Int, _ length: Int) -> Bool {
      // A blank on each side, so that two labels never touch.
      let needed = max(0, column - 1)..<min(width, column + length + 1)
      guard column >= 0, column + length <= width, needed.allSatisfy({ free[$0] }) else { return false }
      for index in column..<column + length { free[index] = false }
      return true
    }
    let shown = Set(marks)
    for mark in shown where mark >= 0 && mark < width {
      free[mark] = false
      canvas.put(Glyphs.fault, x: x + mark, y: y, .fault, bold: true)
    }
    let endWidth = end.cellWidth
    if endWidth > 0, take(width - endWidth, endWidth) { canvas.put(end, x: x + width - endWidth, y: y, .faint) }
    let start = "−\(seconds ?? 2 * width * interval) s"
    if take(0, start.cellWidth) { canvas.put(start, x: x, y: y, .faint) }
    guard !legend.isEmpty else { return }
    let beside = marks.min().map { $0 + 2 } ?? start.cellWidth + 2
    let length = legend.cellWidth
    for column in [beside, width - endWidth - 2 - length, start.cellWidth + 2] where take(column, length) {
      canvas.rich(legend, x: x + column, y: y)
      return
    }
  }
}
