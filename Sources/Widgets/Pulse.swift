public import Drawing

/// A volume in one quiet line of braille, two samples a column, for rows below each other: its height is against its
/// own maximum × 1.25, so that only change is seen.
public struct Pulse: Sendable {
  /// Oldest first; what is not finite is left blank.
  public var values: [Double]
  public var ink: Ink

  public init(_ values: [Double], ink: Ink = .flow2) {
    self.values = values
    self.ink = ink
  }

  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let window = ChartWindow(count: values.count, width: max(0, width))
    let top = (values.suffix(2 * max(0, width)).filter(\.isFinite).max() ?? 0) * 1.25
    for column in 0..<max(0, width) {
      let heights = [false, true].map { isRight in
        values.known(window.sample(column: column, isRight: isRight)).map { height($0, top) } ?? 0
      }
      let highest = max(heights[0], heights[1])
      guard highest > 0 else { continue }
      let text =
        canvas.glyphSet == .ascii
        ? ["", "_", ".", "-", "="][highest] : Braille.text(Braille.filled(heights[0], heights[1]))
      canvas.put(text, x: x + column, y: y, highest == 1 ? .flow0 : ink)
    }
  }

  private func height(_ value: Double, _ top: Double) -> Int {
    top > 0 ? Int(max(1, min(4, (value / top * 4.4).rounded()))) : 1
  }
}
