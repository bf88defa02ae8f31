public import Drawing

/// One series as an area: a bright crest over a body of half its strength, coloured by height, two samples a column.
public struct AreaChart: Sendable {
  /// Oldest first; what is not finite is not known and stays empty.
  public var values: [Double]
  public var tone: ChartTone
  /// The value at the upper edge.
  public var top: Double
  /// The value from which a ramp is at its worst; nil for `top`.
  public var limit: Double?
  /// Indexes in `values` at which a fault was armed.
  public var marks: [Int]
  /// Drawn in the last line; without it the chart takes all lines.
  public var axis: ChartAxis?
  /// What the body is mixed with.
  public var ground: ThemeColor

  public init(
    _ values: [Double], tone: ChartTone, top: Double, limit: Double? = nil, marks: [Int] = [],
    axis: ChartAxis? = ChartAxis(), ground: ThemeColor = .background
  ) {
    self.values = values
    self.tone = tone
    self.top = top
    self.limit = limit
    self.marks = marks
    self.axis = axis
    self.ground = ground
  }

  public func draw(on canvas: inout Canvas, in rect: Rect) {
    let frame = ChartFrame(rect, count: values.count, marks: marks, axis: axis)
    let dots = frame.body.height * 4
    let heights = (0..<2 * frame.body.width).map { half in
      height(values.known(frame.window.sample(column: half / 2, isRight: half % 2 == 1)), dots: dots)
    }
    for row in 0..<frame.body.height {
      let base = (frame.body.height - 1 - row) * 4
      for column in 0..<frame.body.width {
        let (one, other) = (heights[2 * column] - base, heights[2 * column + 1] - base)
        let highest = max(one, other)
        guard highest > 0 else { continue }
        let ink = ink(at: Double(base + min(4, highest)) / Double(dots))
        let isCrest = highest <= 4
        let text = canvas.glyphSet == .ascii ? (isCrest ? "#" : ":") : Braille.text(Braille.filled(one, other))
        canvas.put(
          text, x: frame.body.x + column, y: frame.body.y + row, isCrest ? ink : ink.mixed(toward: ground, 0.52))
      }
    }
    frame.drawMarks(on: &canvas)
  }

  private func height(_ value: Double?, dots: Int) -> Int {
    guard let value, value > 0, top > 0 else { return 0 }
    return max(1, min(dots, Int((min(value / top, 1) * Double(dots)).rounded())))
  }

  private func ink(at height: Double) -> Ink {
    let worst = limit.map { $0 / top } ?? 1
    return tone.ink(at: tone == .ramp && worst > 0 ? min(1, height / worst) : height, flowFloor: 0.25)
  }
}
