internal import Drawing

/// What all charts share: which lines are the chart's, which samples it shows, and the faults marked on it.
struct ChartFrame {
  let body: Rect
  let window: ChartWindow
  private let columns: [Int]
  private let axis: ChartAxis?
  private let axisLine: Int

  init(_ rect: Rect, count: Int, marks: [Int], axis: ChartAxis?) {
    let hasAxis = axis != nil && rect.height > 1
    body = rect.inset(bottom: hasAxis ? 1 : 0)
    window = ChartWindow(count: count, width: rect.width)
    columns = marks.compactMap(window.column)
    self.axis = hasAxis ? axis : nil
    axisLine = rect.bottom - 1
  }

  /// The dotted line above each fault, where the chart left room, and the line below.
  func drawMarks(on canvas: inout Canvas) {
    for column in Set(columns) {
      for y in body.y..<body.bottom where canvas.glyph(x: body.x + column, y: y) == .blank {
        canvas.put("┊", x: body.x + column, y: y, Ink.fault.mixed(toward: .background, 0.35))
      }
    }
    axis?.draw(on: &canvas, x: body.x, y: axisLine, width: body.width, marks: columns)
  }
}

/// What a chart's upper edge stands for.
public enum ChartScale {
  /// The least of 1, 2, 5, 10, 20, 50 … that leaves room above the largest value, and is at least `least`: it moves
  /// seldom, so that the chart does not jump.
  public static func top(_ values: [Double], atLeast least: Double = 1) -> Double {
    let needed = max(least, (values.filter(\.isFinite).max() ?? 0) * 1.1)
    var step = 1e-6
    while step < 1e18 {
      for factor in [1.0, 2, 5] where step * factor >= needed { return step * factor }
      step *= 10
    }
    return needed
  }
}
