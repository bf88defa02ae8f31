/// How long after their ends spans come: reporters send in batches, every few seconds. What ended since then is not known
/// yet, and figures that reach up to now would rise and fall with the batches.
struct ArrivalDelay: Sendable {
  /// Whole seconds: who reports more seldom than that is not waited for.
  static let longest: Int64 = 30
  /// Of the spans that come in time so many in a hundred are waited for.
  private static let share = 95
  /// Seconds after which what came before counts half.
  private static let halfLife: Int64 = 10
  /// Of fewer none is forgotten: nothing better is known.
  private static let fewest = 32

  /// By whole seconds: spans that came so long after they had ended.
  private var counts = [Int](repeating: 0, count: Int(longest))
  private var halved: Int64 = 0
  /// The earliest second of which something may be known.
  private(set) var first: Int64 = .max

  /// A span that ended at `end` has come, both in nanoseconds since the Unix epoch. One that comes later than is waited for
  /// says nothing.
  mutating func note(end: Int64, now: Int64) {
    let second = RedSeries.second(of: now)
    guard end <= now else { return first = min(first, second) }
    let (delay, isFar) = now.subtractingReportingOverflow(end)
    guard !isFar, delay < Self.longest * 1_000_000_000 else { return }
    first = min(first, RedSeries.second(of: end))
    counts[Int(delay / 1_000_000_000)] += 1
    // Our own clock may be set back.
    if second < halved { halved = second }
    guard second >= halved + Self.halfLife, counts.reduce(0, +) >= Self.fewest else { return }
    halved = second
    for place in counts.indices { counts[place] /= 2 }
  }

  /// The last moment up to which nearly all is known: the end of a whole second.
  func known(at now: Int64) -> Int64 {
    (RedSeries.second(of: now) - seconds) * 1_000_000_000 - 1
  }

  /// Whole seconds, below which nearly all delays lie; 0 while nothing has come.
  private var seconds: Int64 {
    let all = counts.reduce(0, +)
    guard all > 0 else { return 0 }
    var sum = 0
    for (place, count) in counts.enumerated() {
      sum += count
      if sum * 100 >= all * Self.share { return Int64(place) }
    }
    return Self.longest
  }
}
