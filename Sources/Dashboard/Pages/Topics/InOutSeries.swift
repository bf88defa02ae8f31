import Drawing
import Widgets

/// A minute of records in and out, over the whole width that there is, with the faults that were armed in it.
struct InOutSeries {
  /// One sample a second, oldest first, as many of each.
  let written: [Double]
  let read: [Double]
  /// Nanoseconds since each fault was armed.
  let ago: [Int64]
  /// The newest samples are not of now.
  let isPast: Bool

  init(written: some Sequence<Double>, read: some Sequence<Double>, armed ago: [Int64], isPast: Bool) {
    self.written = Array(written)
    self.read = Array(read)
    self.ago = ago
    self.isPast = isPast
  }

  func draw(on canvas: inout Canvas, in rect: Rect) {
    guard rect.height > 1, rect.width > 0, !written.isEmpty else { return }
    let (body, axis) = rect.split(bottom: 1)
    let halves = 2 * body.width
    func stretched(_ values: [Double]) -> [Double] { (0..<halves).map { values[$0 * values.count / halves] } }
    // A little room above the greatest, so that the crest is seen.
    let top = max(1, (written + read).filter(\.isFinite).max() ?? 1) * 1.15
    let seconds = written.count
    let marks = ago.compactMap { ago -> Int? in
      let second = seconds - 1 - Int(clamping: ago / 1_000_000_000)
      return ago >= 0 && second >= 0 ? second * halves / seconds : nil
    }
    InOutChart(written: stretched(written), read: stretched(read), top: top, marks: marks, axis: nil)
      .draw(on: &canvas, in: body)
    drawAxis(on: &canvas, in: axis, marks: marks.map { $0 / 2 })
  }

  private func drawAxis(on canvas: inout Canvas, in rect: Rect, marks: [Int]) {
    for mark in Set(marks) { canvas.put(Glyphs.fault, x: rect.x + mark, y: rect.y, .fault, bold: true) }
    let (start, end) = ("−\(written.count) s", isPast ? "" : "now")
    let isFree = { (columns: Range<Int>) in columns.upperBound <= rect.width && !marks.contains(where: columns.contains)
    }
    if isFree(0..<start.cellWidth + 1) { canvas.put(start, x: rect.x, y: rect.y, .faint) }
    let from = rect.width - end.cellWidth
    if from > start.cellWidth + 1, isFree(from - 1..<rect.width) {
      canvas.put(end, x: rect.x + from, y: rect.y, .faint)
    }
  }
}
