import Drawing
import Operations
import Widgets

/// The event channel as a whole.
struct ChannelFigures {
  let snapshot: SystemSnapshot
  /// A second each, the oldest first, as many of each.
  let written: [Double]
  let read: [Double]

  init(_ snapshot: SystemSnapshot) {
    self.snapshot = snapshot
    let all = snapshot.topics.filter { !$0.inSeries.isEmpty && !$0.outSeries.isEmpty }
    let seconds = all.map { min($0.inSeries.count, $0.outSeries.count) }.max() ?? 0
    written = Self.sum(all.map(\.inSeries), seconds: seconds)
    read = Self.sum(all.map(\.outSeries), seconds: seconds)
  }

  /// The newest samples of all belong to the same second.
  private static func sum(_ series: [[Float]], seconds: Int) -> [Double] {
    (0..<seconds).map { index in
      series.reduce(0) { sum, one in
        let place = one.count - seconds + index
        return place >= 0 ? sum + Double(one[place]) : sum
      }
    }
  }

  /// That it does not answer, since when, and what that means; nil while it does.
  func alarm(_ context: PageContext) -> [Run]? {
    guard snapshot.isBusDown else { return nil }
    let since = snapshot.busDownSince.map { ", for \(Figures.age(max(0, context.since($0))).text)" } ?? ""
    return [
      Run("THE EVENT BUS IS DOWN", .failing, bold: true), Run("  nothing is written or read\(since)"),
    ]
  }

  var state: [Run] {
    snapshot.isBusDown
      ? Mark.failing.short + [Run(" it refuses all writers and readers", .failing)]
      : Mark.healthy.short + [.muted(" it answers")]
  }

  var facts: [[Run]] {
    let topics = snapshot.topics
    let dead = topics.map(\.deadLetters).saturatingSum
    var facts = [
      PlatformHead.fact("topics", Figures.count(topics.count).text),
      PlatformHead.fact("held", Figures.size(bytes: topics.map(\.bytes).saturatingSum).text),
      PlatformHead.fact("partitions", Figures.count(topics.map(\.partitions).saturatingSum).text),
      PlatformHead.fact("groups", Figures.count(topics.map(\.groups.count).saturatingSum).text),
      PlatformHead.fact("dead letters", Figures.count(dead).text, dead > 0 ? .degraded : .faint),
    ]
    let rebalance = topics.flatMap(\.groups).compactMap(\.lastRebalance).max()
    if let rebalance, snapshot.time > rebalance {
      let (age, overflows) = snapshot.time.subtractingReportingOverflow(rebalance)
      if !overflows { facts.append([.muted("last rebalance \(Figures.age(age).text) ago")]) }
    }
    return facts
  }

  var rates: [Run] {
    let topics = snapshot.topics
    let (into, out) = (topics.reduce(0) { $0 + $1.inRate }, topics.reduce(0) { $0 + $1.outRate })
    return [
      .muted("in "), Run(Figures.rate(into).text + "   ", .flow3, bold: true), .muted("out "),
      Run(Figures.rate(out).text, .text),
    ]
  }
}
