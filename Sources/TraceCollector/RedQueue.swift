/// Samples that wait until those of one series and second are added together: a series is several rings, each of them
/// elsewhere in memory.
struct RedQueue: Sendable {
  private struct Waiting: Sendable {
    let sample: RedSample
    /// The next sample of the same series; −1 for none.
    var next: Int32
  }

  private var waiting: [Waiting] = []
  /// By series: the samples that wait, in the order in which they came; −1 for none.
  private var ends: [(first: Int32, last: Int32)] = []
  /// Series of which samples wait.
  private var touched: [Int] = []
  private var sum = RedSum(second: 0)

  mutating func add(_ sample: RedSample, to series: Int) {
    while ends.count <= series { ends.append((-1, -1)) }
    let number = Int32(waiting.count)
    waiting.append(Waiting(sample: sample, next: -1))
    let last = ends[series].last
    if last < 0 {
      ends[series].first = number
      touched.append(series)
    } else {
      waiting[Int(last)].next = number
    }
    ends[series].last = number
  }

  /// Gives each series that samples wait for their sums, by the second, and keeps nothing but the room.
  mutating func flush(_ record: (Int, RedSum) -> Void) {
    for series in touched {
      var place = Int(ends[series].first)
      while place >= 0 {
        sum.clear(second: waiting[place].sample.second)
        while place >= 0, waiting[place].sample.second == sum.second {
          sum.add(waiting[place].sample)
          place = Int(waiting[place].next)
        }
        record(series, sum)
      }
      ends[series] = (-1, -1)
    }
    touched.removeAll(keepingCapacity: true)
    waiting.removeAll(keepingCapacity: true)
  }
}
