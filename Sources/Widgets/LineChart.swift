public import Drawing

/// Several series as lines on one logarithmic scale, two samples a column: p50, p95 and p99 of a latency.
public struct LineChart: Sendable {
  public struct Series: Sendable {
    /// Oldest first; what is not finite is not known and breaks the line.
    public var values: [Double]
    public var tone: ChartTone
    /// What draws the line in ASCII.
    public var letter: String

    public init(_ values: [Double], tone: ChartTone, letter: String = "#") {
      self.values = values
      self.tone = tone
      self.letter = letter
    }
  }

  /// All of one length; later ones are drawn over earlier ones.
  public var series: [Series]
  /// The values at the lower and the upper edge; both above 0.
  public var bottom: Double
  public var top: Double
  /// Indexes of samples at which a fault was armed.
  public var marks: [Int]
  public var axis: ChartAxis?

  public init(
    _ series: [Series], bottom: Double, top: Double, marks: [Int] = [], axis: ChartAxis? = ChartAxis()
  ) {
    precondition(bottom > 0 && top > bottom, "a logarithmic scale runs from above 0 to more")
    self.series = series
    self.bottom = bottom
    self.top = top
    self.marks = marks
    self.axis = axis
  }

  /// The three percentiles as every page draws them: `flow2`, `text`, `ramp`.
  public static func latency(
    p50: [Double], p95: [Double], p99: [Double], bottom: Double = 4, top: Double = 3000, marks: [Int] = [],
    axis: ChartAxis? = ChartAxis()
  ) -> LineChart {
    LineChart(
      [
        Series(p50, tone: .ink(.flow2), letter: "."), Series(p95, tone: .ink(.text), letter: "+"),
        Series(p99, tone: .ramp, letter: "#"),
      ], bottom: bottom, top: top, marks: marks, axis: axis)
  }

  private struct Cell {
    var dots: UInt32 = 0
    var series = -1
  }

  public func draw(on canvas: inout Canvas, in rect: Rect) {
    let count = series.map(\.values.count).max() ?? 0
    let frame = ChartFrame(rect, count: count, marks: marks, axis: axis)
    let (width, height) = (frame.body.width, frame.body.height)
    guard width > 0, height > 0 else { return }
    var cells = Array(repeating: Cell(), count: width * height)
    for index in series.indices { trace(index, frame.window, width, height, &cells) }
    for (place, cell) in cells.enumerated() where cell.dots != 0 {
      let (row, line) = (place / width, series[cell.series])
      let ink = line.tone.ink(at: Double(height - row) / Double(height), flowFloor: 0.25)
      let text = canvas.glyphSet == .ascii ? line.letter : Braille.text(cell.dots)
      canvas.put(text, x: frame.body.x + place % width, y: frame.body.y + row, ink)
    }
    frame.drawMarks(on: &canvas)
  }

  /// Sets the dots of one line. A cell belongs to the last line through it.
  private func trace(_ index: Int, _ window: ChartWindow, _ width: Int, _ height: Int, _ cells: inout [Cell]) {
    var previous: Int?
    for half in 0..<2 * width {
      let sample = window.sample(column: half / 2, isRight: half % 2 == 1)
      guard let sample, sample < series[index].values.count, let value = series[index].values.known(sample) else {
        previous = nil
        continue
      }
      let level = level(of: value, levels: height * 4)
      for dot in min(level, previous ?? level)...max(level, previous ?? level) {
        let place = (height - 1 - dot / 4) * width + half / 2
        if cells[place].series != index { cells[place] = Cell(dots: 0, series: index) }
        cells[place].dots |= Braille.dot(isRight: half % 2 == 1, level: dot % 4)
      }
      previous = level
    }
  }

  private func level(of value: Double, levels: Int) -> Int {
    let bounded = min(max(value, bottom), top)
    let part = (Self.log2(bounded) - Self.log2(bottom)) / (Self.log2(top) - Self.log2(bottom))
    return Int((part * Double(levels - 1)).rounded())
  }

  /// Within 0.01 of the logarithm: an eighth of a dot at most. (2 (m − 1) / (m + 1) is the first term of its series.)
  static func log2(_ value: Double) -> Double {
    let part = (value.significand - 1) / (value.significand + 1)
    let natural = 2 * (part + part * part * part / 3 + part * part * part * part * part / 5)
    return Double(value.exponent) + natural * 1.442_695_040_888_963_4
  }
}
