public import Drawing

/// One line of blocks, for lag and saturation: height is the value against the top, colour against its limit.
public struct Sparkline: Sendable {
  /// Oldest first; what is not finite is left blank.
  public var values: [Double]
  public var tone: ChartTone
  /// The value of a full block; nil for the largest of `values`.
  public var top: Double?

  public init(_ values: [Double], tone: ChartTone = .ramp, top: Double? = nil) {
    self.values = values
    self.tone = tone
    self.top = top
  }

  private static let bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One value a column, the newest at the right.
  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let shown = values.suffix(max(0, width))
    let highest = max(top ?? shown.filter(\.isFinite).max() ?? 0, 1e-9)
    for (index, value) in shown.enumerated() where value.isFinite {
      let height = min(max(value / highest, 0), 1)
      canvas.put(
        Self.bars[min(7, Int(height * 7.999))], x: x + width - shown.count + index, y: y,
        tone.ink(at: height, flowFloor: 0.15))
    }
  }
}
