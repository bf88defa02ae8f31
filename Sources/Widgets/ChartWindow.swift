/// Which samples of a series a chart shows: the newest, two a column, against its right edge.
struct ChartWindow {
  let width: Int
  private let count: Int

  init(count: Int, width: Int) {
    self.count = count
    self.width = width
  }

  /// The sample in the left or right half of a column; nil before the series began.
  func sample(column: Int, isRight: Bool) -> Int? {
    let index = count - 2 * width + 2 * column + (isRight ? 1 : 0)
    return index >= 0 && index < count ? index : nil
  }

  /// The column of a sample; nil when it has left the chart.
  func column(of sample: Int) -> Int? {
    let place = sample - (count - 2 * width)
    return place >= 0 && place < 2 * width ? place / 2 : nil
  }
}

extension [Double] {
  /// The value at an index; nil where there is none or nothing is known.
  func known(_ index: Int?) -> Double? {
    index.flatMap { self[$0].isFinite ? self[$0] : nil }
  }
}
