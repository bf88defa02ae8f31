internal import EventBus
internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceCollector
internal import TraceModel

/// One sample a second of what the overview draws, for the last two minutes.
final class SecondSeries {
  private(set) var rate: [Float] = []
  private(set) var errors: [Float] = []
  private(set) var p50: [Float] = []
  private(set) var p95: [Float] = []
  private(set) var p99: [Float] = []
  private(set) var lag: [Float] = []
  private(set) var topicsIn: [String: [Float]] = [:]
  private var topicsOut: [TopicReading: [Float]] = [:]
  /// Started, ended and ended badly, in each of the last ten seconds.
  private var lately: [(started: Int, ended: UInt64, badly: UInt64)] = []
  private var last = (started: 0, ended: UInt64(0), badly: UInt64(0))
  /// A partition as one group reads it; nobody reads it where the group is empty.
  private struct Reading: Hashable {
    var group: String
    var place: TopicPartition
  }

  /// A topic as one group reads it; nobody reads it where the group is empty.
  private struct TopicReading: Hashable {
    var group: String
    var topic: String
  }

  private var partitions = OrderedDictionary<Reading, PartitionTraffic>()

  static let length = 120

  func sample(_ world: World) {
    let now = (
      started: world.transactions.tally.started, ended: world.transactions.ended, badly: world.transactions.endedBadly
    )
    lately.append((now.started - last.started, now.ended - last.ended, now.badly - last.badly))
    if lately.count > 10 { lately.removeFirst() }
    Self.add(Float(now.started - last.started), to: &rate)
    let ended = now.ended - last.ended
    Self.add(ended == 0 ? 0 : Float(now.badly - last.badly) / Float(ended), to: &errors)
    last = now
    let figures = world.traces.red(window: .tenSeconds, now: world.time.now)
    Self.add(Self.milliseconds(figures.p50), to: &p50)
    Self.add(Self.milliseconds(figures.p95), to: &p95)
    Self.add(Self.milliseconds(figures.p99), to: &p99)
    // Of a bus that does not answer nobody learns how much is unread.
    let isKnown = world.broker.isAvailable
    Self.add(isKnown ? Float(world.observatory.lag.reports.reduce(0) { $0 + ($1.totalLag ?? 0) }) : .nan, to: &lag)
    sampleTopics(world)
  }

  /// Transactions started a second, and the share of those that ended which ended badly, over ten seconds.
  var current: (rate: Double, errorShare: Double) {
    guard !lately.isEmpty else { return (0, 0) }
    let started = lately.reduce(0) { $0 + $1.started }
    let ended = lately.reduce(0) { $0 + $1.ended }
    let badly = lately.reduce(0) { $0 + $1.badly }
    return (Double(started) / Double(lately.count), ended == 0 ? 0 : Double(badly) / Double(ended))
  }

  /// Records written to a partition and read from it by a group, a second, over ten seconds. What is written to a topic,
  /// and what a group reads of it, is the sum over its partitions.
  func rates(of place: TopicPartition, by group: String) -> (in: Double, out: Double) {
    partitions[Reading(group: group, place: place)]?.rates ?? (0, 0)
  }

  /// What a group read of a topic, in each of the last seconds.
  func read(_ topic: String, by group: String) -> [Float] { topicsOut[TopicReading(group: group, topic: topic)] ?? [] }

  /// A group's offsets were moved: nothing was read by that, nor was anything unread.
  func noteMove(_ move: SeekPreview) {
    for entry in move.entries {
      partitions[Reading(group: move.group, place: entry.partition)]?.moved(from: entry.from ?? 0, to: entry.to)
    }
  }

  private func sampleTopics(_ world: World) {
    for topic in world.broker.allTopics {
      let readers = ShopPlan.readers(of: topic.name)
      let groups = readers.isEmpty ? [""] : readers
      var written = Int64(0)
      var read = groups.map { _ in Int64(0) }
      for partition in 0..<topic.partitionCount {
        let end = (try? topic.bounds(partition: partition).upperBound) ?? 0
        let place = TopicPartition(topic: topic.name, partition: partition)
        for (index, group) in groups.enumerated() {
          let committed = group.isEmpty ? 0 : world.broker.groups.committed(group: group, place)?.offset ?? 0
          let reading = Reading(group: group, place: place)
          let second = partitions[reading, default: PartitionTraffic()].add(written: end, read: committed)
          if index == 0 { written += second.in }
          read[index] += second.out
        }
      }
      Self.add(Float(written), to: &topicsIn[topic.name, default: []])
      for (group, count) in zip(groups, read) {
        Self.add(Float(count), to: &topicsOut[TopicReading(group: group, topic: topic.name), default: []])
      }
    }
  }

  private static func add(_ value: Float, to series: inout [Float]) {
    series.append(value)
    if series.count > length { series.removeFirst() }
  }

  private static func milliseconds(_ nanoseconds: Int64?) -> Float { Float(nanoseconds ?? 0) / 1e6 }
}

/// What was written to a partition and read from it, in each of the last ten seconds. A log begins at offset 0, and so
/// does who reads it.
private struct PartitionTraffic {
  private var end = (written: Int64(0), read: Int64(0))
  private var seconds: [(in: Int64, out: Int64)] = []

  mutating func add(written: Int64, read: Int64) -> (in: Int64, out: Int64) {
    let second = (in: written - end.written, out: max(0, read - end.read))
    end = (written, read)
    seconds.append(second)
    if seconds.count > 10 { seconds.removeFirst() }
    return second
  }

  mutating func moved(from: Int64, to: Int64) { end.read += to - from }

  var rates: (in: Double, out: Double) {
    guard !seconds.isEmpty else { return (0, 0) }
    let sum = seconds.reduce((Int64(0), Int64(0))) { ($0.0 + $1.in, $0.1 + $1.out) }
    return (Double(sum.0) / Double(seconds.count), Double(sum.1) / Double(seconds.count))
  }
}
