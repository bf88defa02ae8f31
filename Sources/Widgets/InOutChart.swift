public import Drawing

/// Records written and read: the crest is what is written, the floor what is read, the amber between is left unread.
public struct InOutChart: Sendable {
  /// A second each, oldest first, both of one length.
  public var written: [Double]
  public var read: [Double]
  public var top: Double
  /// Indexes of samples at which a fault was armed.
  public var marks: [Int]
  public var axis: ChartAxis?

  public init(
    written: [Double], read: [Double], top: Double, marks: [Int] = [], axis: ChartAxis? = ChartAxis()
  ) {
    precondition(written.count == read.count, "what is written and what is read are sampled together")
    self.written = written
    self.read = read
    self.top = top
    self.marks = marks
    self.axis = axis
  }

  public func draw(on canvas: inout Canvas, in rect: Rect) {
    let chart = AreaChart(written, tone: .flow, top: top, marks: marks, axis: axis)
    chart.draw(on: &canvas, in: rect)
    let frame = ChartFrame(rect, count: written.count, marks: [], axis: axis)
    let body = frame.body
    var unread = Rect(x: body.right, y: body.y, width: 0, height: body.height)
    for column in 0..<body.width {
      let samples = [false, true].compactMap { frame.window.sample(column: column, isRight: $0) }
      let (came, went) = (mean(written, samples), mean(read, samples))
      // A tenth is the noise of sampling two counters, not a backlog.
      guard came > 0, went < came * 0.9 else { continue }
      if unread.width == 0 { unread.x = body.x + column }
      unread.width = body.x + column + 1 - unread.x
      drawUnread(on: &canvas, x: body.x + column, body, floor: went)
    }
    drawWord(on: &canvas, unread)
  }

  private func drawUnread(on canvas: inout Canvas, x: Int, _ body: Rect, floor: Double) {
    let level = min(body.height * 4 - 1, Int((floor / top * Double(body.height * 4)).rounded(.up)))
    let floorLine = body.bottom - 1 - max(0, level - 1) / 4
    for y in body.y..<floorLine where canvas.style(x: x, y: y).foreground.isMixed {
      guard canvas.style(x: x, y: y).foreground.name != .fault else { continue }
      canvas.recolor(Rect(x: x, y: y, width: 1, height: 1)) { _ in Ink.degraded.mixed(toward: .background, 0.62) }
    }
    let dots = floor > 0 ? max(1, level - (body.bottom - 1 - floorLine) * 4) : 1
    let text = canvas.glyphSet == .ascii ? "_" : Braille.text(Braille.filled(dots, dots))
    canvas.put(text, x: x, y: floorLine, .flow3, over: true)
  }

  /// Says what the amber is, where it is wide enough, on a ground of it.
  private func drawWord(on canvas: inout Canvas, _ unread: Rect) {
    let word = " unread "
    guard unread.width >= word.cellWidth + 4, unread.height >= 3 else { return }
    canvas.put(
      word, x: unread.x + (unread.width - word.cellWidth) / 2, y: unread.y + unread.height / 2, .strong,
      background: Ink.degraded.mixed(toward: .background, 0.62), over: true)
  }

  private func mean(_ values: [Double], _ samples: [Int]) -> Double {
    let known = samples.compactMap { values.known($0) }
    return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
  }
}
