public import Drawing

extension Waterfall {
  /// The times at which the axis has a label and a line: round ones, four or five of them.
  public var ticks: [Int64] {
    guard width >= 12 else { return [] }
    return (0..<(end - start) / step).map { ($0 + 1) * step }
  }

  /// From one to the next.
  private var step: Int64 {
    let wanted = Double(end - start) / Double(max(2, min(5, width / 8)))
    var step = 1.0
    while step * 10 <= wanted { step *= 10 }
    let factor = [1.0, 2, 5, 10].first { step * $0 >= wanted } ?? 10
    return Int64(step * factor)
  }

  /// Labels over their lines: `0`, `0.5 s`, `1.0 s`; `0.5 ms`, `1.0 ms`. Those that would touch another are left out.
  public func drawLabels(on canvas: inout Canvas, x: Int, y: Int) {
    guard width > 0 else { return }
    var free = 0
    for time in [0] + ticks {
      let label = label(time)
      let length = label.cellWidth
      let column = min(max(0, column(of: start + time) - (time == 0 ? 0 : length / 2)), width - length)
      guard column >= free, column + length <= width else { continue }
      canvas.put(label, x: x + column, y: y, .faint)
      free = column + length + 1
    }
  }

  /// A dotted line below each label, over which bars may be drawn.
  public func drawGrid(on canvas: inout Canvas, in rect: Rect) {
    for time in ticks {
      let column = column(of: start + time)
      guard column < min(width, rect.width) else { continue }
      for y in rect.y..<rect.bottom {
        canvas.put("┊", x: rect.x + column, y: y, Ink.border.mixed(toward: .background, 0.35))
      }
      canvas.release(Rect(x: rect.x + column, y: rect.y, width: 1, height: rect.height))
    }
  }

  /// As fine as the steps are, so that no two are alike.
  private func label(_ time: Int64) -> String {
    let length = end - start
    if time == 0 { return "0" }
    if step < 10_000 { return Figures.microseconds(time).text }
    if step < 1_000_000 { return Figures.fixed(Double(time) / 1e6, step < 100_000 ? 2 : 1) + " ms" }
    if length >= 1_000_000_000, length < 60_000_000_000 {
      return Figures.fixed(Double(time) / 1e9, 1) + " s"
    }
    return Figures.duration(time).text
  }
}
