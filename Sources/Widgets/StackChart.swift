public import Drawing

/// Several series on top of each other, two samples a column: what stands at the bottom is seen best. In ASCII each has a
/// letter, so that it can be told without colours.
public struct StackChart: Sendable {
  public struct Layer: Sendable {
    /// Oldest first, as many as the other layers have; what is not finite is not known and stays empty.
    public var values: [Double]
    public var ink: Ink
    public var letter: String

    public init(_ values: [Double], ink: Ink, letter: String) {
      (self.values, self.ink, self.letter) = (values, ink, letter)
    }
  }

  /// From the bottom up.
  public var layers: [Layer]
  /// The sum at the upper edge.
  public var top: Double
  /// Samples at which a fault was armed.
  public var marks: [Int]
  public var axis: ChartAxis?

  public init(_ layers: [Layer], top: Double, marks: [Int] = [], axis: ChartAxis? = ChartAxis()) {
    (self.layers, self.top, self.marks, self.axis) = (layers, top, marks, axis)
  }

  public func draw(on canvas: inout Canvas, in rect: Rect) {
    let frame = ChartFrame(rect, count: layers.first?.values.count ?? 0, marks: marks, axis: axis)
    let dots = frame.body.height * 4
    let heights = (0..<2 * frame.body.width).map { half in
      stacked(frame.window.sample(column: half / 2, isRight: half % 2 == 1), dots: dots)
    }
    for row in 0..<frame.body.height {
      let base = (frame.body.height - 1 - row) * 4
      for column in 0..<frame.body.width {
        let halves = [heights[2 * column], heights[2 * column + 1]]
        let tops = halves.map { ($0.last ?? 0) - base }
        guard let highest = tops.max(), highest > 0, let layer = lowestLayer(of: halves, above: base) else { continue }
        let text =
          canvas.glyphSet == .ascii ? layers[layer].letter : Braille.text(Braille.filled(tops[0], tops[1]))
        canvas.put(text, x: frame.body.x + column, y: frame.body.y + row, layers[layer].ink)
      }
    }
    frame.drawMarks(on: &canvas)
  }

  /// Where each layer ends at a sample, in dots from the bottom: one that has anything has one dot at least.
  private func stacked(_ sample: Int?, dots: Int) -> [Int] {
    var (sum, end) = (0.0, 0)
    return layers.map { layer in
      guard let value = layer.values.known(sample), value > 0, top > 0 else { return end }
      sum += value
      end = min(dots, max(end + 1, Int((min(sum / top, 1) * Double(dots)).rounded())))
      return end
    }
  }

  /// The lowest of the layers that reach into a cell.
  private func lowestLayer(of halves: [[Int]], above base: Int) -> Int? {
    halves.compactMap { ends in ends.indices.first { ends[$0] > base } }.min()
  }
}
