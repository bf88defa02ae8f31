import Drawing
import Operations
import Widgets

/// One topic as a row of the table.
struct TopicRow {
  let topic: TopicSnapshot
  /// The lag at which a trend is full: the most that any topic has.
  let topLag: Double

  private var isBad: Bool { topic.isBad }
  private var ink: Ink { topic.mark.ink }

  func cell(_ column: TopicColumn) -> TableCell {
    switch column {
    case .inRate, .outRate, .size, .group, .lag, .emptyIn: topic.isAvailable ? known(column) : .unknown
    default: known(column)
    }
  }

  private func known(_ column: TopicColumn) -> TableCell {
    switch column {
    case .verdict: .runs(Self.verdict(of: topic))
    case .name: .text(topic.name, isBad ? .strong : .text, bold: isBad)
    case .partitions: .figure(Figures.count(topic.partitions), .muted)
    case .inRate: .figure(Figures.rate(topic.inRate, unit: ""), topic.inRate == 0 ? .faint : .text)
    case .outRate: outRate
    case .size: .figure(Figures.size(bytes: topic.bytes), .muted)
    case .kept: kept
    case .group: .text(topic.worstGroup.isEmpty ? "–" : topic.worstGroup, topic.verdict == nil ? .muted : .text)
    case .lag: Self.lag(topic.lag, topic.verdict)
    case .trend: trend
    case .emptyIn: .runs(emptyIn.map { [$0] } ?? [])
    case .dead:
      .figure(
        Figures.count(topic.deadLetters), topic.deadLetters > 0 ? .degraded : .faint, bold: topic.deadLetters > 0)
    }
  }

  /// The verdict on one of its groups, or on the worst.
  static func verdict(of topic: TopicSnapshot, _ group: GroupSnapshot? = nil) -> [Run] {
    guard topic.isAvailable else { return topic.mark.long }
    guard let verdict = group.map(\.verdict) ?? topic.verdict else { return [Run("? –", .unknown)] }
    return verdict == .ok ? verdict.mark.quiet : verdict.mark.long
  }

  static func lag(_ lag: Int64?, _ verdict: LagVerdict?) -> TableCell {
    guard let lag else { return .unknown }
    let isBad = verdict.map { $0 != .ok } ?? false
    return .figure(
      Figures.count(Int(lag)), isBad ? verdict?.mark.ink ?? .degraded : lag == 0 ? .faint : .text, bold: isBad)
  }

  private var outRate: TableCell {
    let isBehind = isBad && topic.outRate < topic.inRate
    return .figure(
      Figures.rate(topic.outRate, unit: ""), isBehind ? ink : topic.outRate == 0 ? .faint : .text, bold: isBehind)
  }

  private var kept: TableCell {
    guard let retention = topic.retention else { return .text("ever", .muted) }
    return .figure(Self.kept(retention), .muted)
  }

  /// `7 d`, `1 d`, `6 h`: as it was set.
  static func kept(_ retention: Int64) -> Figure {
    let day: Int64 = 86_400_000_000_000
    return retention >= day && retention % day == 0 ? Figure("\(retention / day)", unit: " d") : Figures.age(retention)
  }

  private var trend: TableCell {
    guard topic.lag != nil, !topic.lagSeries.isEmpty else { return .blank }
    return .sparkline(Self.peaks(topic.lagSeries.doubles, count: 12), top: topLag)
  }

  /// The greatest of each stretch, so that a minute fits into a few columns and no peak is lost.
  static func peaks(_ values: [Double], count: Int) -> [Double] {
    guard values.count > count else { return values }
    return (0..<count).map { index in
      let stretch = values[index * values.count / count..<(index + 1) * values.count / count]
      return stretch.filter(\.isFinite).max() ?? .nan
    }
  }

  /// When the lag will be gone: `now`, `40 s`, `never`, `stuck`; nil where nothing is known.
  private var emptyIn: Run? {
    guard let lag = topic.lag else { return nil }
    if lag == 0 { return Run("now", .faint) }
    if topic.groups.contains(where: { $0.partitions.contains(where: \.isStuck) }) {
      return Run("stuck", .failing, bold: true)
    }
    if let time = topic.emptyIn { return time < 1_000_000_000 ? Run("now", .faint) : Run(Figures.duration(time).text) }
    // What is on its way grows and shrinks by a few records all the time.
    if case .growing = topic.trend, topic.verdict != .ok { return Run("never", .failing, bold: true) }
    return Run(Figure.unknown.text, .faint)
  }
}
