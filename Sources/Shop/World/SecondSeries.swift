internal import EventBus
internal import Operations
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
  private(set) var topicsOut: [String: [Float]] = [:]
  /// Started, ended and ended badly, in each of the last ten seconds.
  private var lately: [(started: Int, ended: UInt64, badly: UInt64)] = []
  private var last = (started: 0, ended: UInt64(0), badly: UInt64(0))
  /// Log end and committed offset, one point a second.
  private var partitions: [TopicPartition: [(written: Int64, read: Int64)]] = [:]
  private var totals: [String: (in: Int64, out: Int64)] = [:]

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
    Self.add(Float(world.observatory.lag.reports.reduce(0) { $0 + ($1.totalLag ?? 0) }), to: &lag)
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

  /// Records written to a partition and committed from it, a second, over ten seconds.
  func rates(of place: TopicPartition) -> (in: Double, out: Double) {
    guard let points = partitions[place], let first = points.first, let last = points.last, points.count > 1 else {
      return (0, 0)
    }
    let seconds = Double(points.count - 1)
    return (Double(last.written - first.written) / seconds, Double(max(0, last.read - first.read)) / seconds)
  }

  private func sampleTopics(_ world: World) {
    for topic in world.broker.allTopics {
      let (written, read) = offsets(of: topic, world)
      let before = totals[topic.name] ?? (written, read)
      totals[topic.name] = (written, read)
      Self.add(Float(written - before.in), to: &topicsIn[topic.name, default: []])
      Self.add(Float(max(0, read - before.out)), to: &topicsOut[topic.name, default: []])
    }
  }

  /// Records ever written, and ever committed by the group that is called as the topic is.
  private func offsets(of topic: Topic, _ world: World) -> (Int64, Int64) {
    var (written, read) = (Int64(0), Int64(0))
    for partition in 0..<topic.partitionCount {
      let end = (try? topic.bounds(partition: partition).upperBound) ?? 0
      let place = TopicPartition(topic: topic.name, partition: partition)
      let committed = world.broker.groups.committed(group: topic.name, place)?.offset ?? 0
      written += end
      read += committed
      partitions[place, default: []].append((end, committed))
      if let count = partitions[place]?.count, count > 11 { partitions[place]?.removeFirst() }
    }
    return (written, read)
  }

  private static func add(_ value: Float, to series: inout [Float]) {
    series.append(value)
    if series.count > length { series.removeFirst() }
  }

  private static func milliseconds(_ nanoseconds: Int64?) -> Float { Float(nanoseconds ?? 0) / 1e6 }
}
