internal import OrderedCollections

/// What the monitor remembers of a group.
struct GroupLagTrack: Sendable {
  private var partitions = OrderedDictionary<TopicPartition, PartitionLagTrack>()
  /// Total lag, oldest first.
  private(set) var history: [LagPoint] = []
  private(set) var topics = OrderedDictionary<String, [LagPoint]>()
  private(set) var report: GroupLagReport
  /// The lag before this says nothing of where it is heading.
  private var trendStart: Int64 = .min

  init(group: String, now: Int64) {
    report = GroupLagReport(
      group: group, time: now, status: .ok, verdict: nil, totalLag: nil, trend: .none, hottest: nil, complete: 0,
      topics: [], partitions: [])
  }

  mutating func restartTrend(at time: Int64) { trendStart = time }

  private func trend(_ points: [LagPoint], _ settings: LagMonitor.Settings) -> LagTrend {
    LagTrend(points.suffix(settings.samples).filter { $0.time >= trendStart })
  }

  mutating func add(
    _ lags: [PartitionLag], settings: LagMonitor.Settings, now: Int64, isGone: (String) -> Bool
  ) {
    var nextPartitions = OrderedDictionary<TopicPartition, PartitionLagTrack>()
    var reports: [PartitionLagReport] = []
    for lag in lags {
      var track = partitions[lag.partition] ?? PartitionLagTrack()
      reports.append(track.add(lag, settings: settings, now: now, isOwnerGone: lag.owner.map(isGone) ?? false))
      nextPartitions[lag.partition] = track
    }
    partitions = nextPartitions
    var nextTopics = OrderedDictionary<String, [LagPoint]>()
    var topicReports: [TopicLagReport] = []
    for name in OrderedSet(lags.map(\.partition.topic)) {
      let own = reports.filter { $0.lag.partition.topic == name }
      var points = topics[name] ?? []
      Self.add(own, to: &points, limit: settings.history, now: now)
      nextTopics[name] = points
      topicReports.append(
        TopicLagReport(
          topic: name, verdict: own.compactMap(\.verdict).max(), totalLag: Self.total(own),
          trend: trend(points, settings), hottest: Self.hottest(own)))
    }
    topics = nextTopics
    Self.add(reports, to: &history, limit: settings.history, now: now)
    let verdict = reports.compactMap(\.verdict).max()
    let complete = reports.count { $0.complete == 1 }
    report = GroupLagReport(
      group: report.group, time: now, status: verdict?.status ?? .ok, verdict: verdict,
      totalLag: Self.total(reports), trend: trend(history, settings),
      hottest: Self.hottest(reports), complete: reports.isEmpty ? 0 : Double(complete) / Double(reports.count),
      topics: topicReports, partitions: reports)
  }

  private static func total(_ reports: [PartitionLagReport]) -> Int64? {
    let lags = reports.compactMap(\.lag.lag)
    return lags.isEmpty ? nil : lags.reduce(0, +)
  }

  private static func hottest(_ reports: [PartitionLagReport]) -> TopicPartition? {
    var hottest: PartitionLag?
    for report in reports where (report.lag.lag ?? 0) > (hottest?.lag ?? 0) { hottest = report.lag }
    return hottest?.partition
  }

  private static func add(_ reports: [PartitionLagReport], to points: inout [LagPoint], limit: Int, now: Int64) {
    guard let total = total(reports) else { return }
    points.append(LagPoint(time: now, lag: total))
    if points.count > limit { points.removeFirst(points.count - limit) }
  }
}

/// What the monitor remembers of a partition: the last commits, log ends and lags, each up to `samples` of them.
struct PartitionLagTrack: Sendable {
  private var samples: [LagSample] = []
  private var logEnds: [Int64] = []
  private var points: [LagPoint] = []

  mutating func add(
    _ lag: PartitionLag, settings: LagMonitor.Settings, now: Int64, isOwnerGone: Bool
  ) -> PartitionLagReport {
    guard let committed = lag.committed, let current = lag.lag else {
      self = PartitionLagTrack()
      return PartitionLagReport(lag: lag, verdict: nil, trend: .none, complete: 0)
    }
    if samples.last?.time != committed.time || samples.last?.offset != committed.offset {
      Self.add(
        LagSample(offset: committed.offset, time: committed.time, lag: current), to: &samples, settings.samples)
    }
    Self.add(lag.logEnd, to: &logEnds, settings.samples)
    Self.add(LagPoint(time: now, lag: current), to: &points, settings.samples)
    let complete = Double(samples.count) / Double(settings.samples)
    let window = LagWindow(samples: samples, logEnds: logEnds, currentLag: current)
    let isTooEarly = points.count < settings.warmUp || complete < settings.minimumComplete
    // Who is known to be gone commits no more: nobody has to wait until that is late.
    let verdict: LagVerdict =
      isOwnerGone && current > 0
      ? .stop : isTooEarly ? .ok : window.verdict(now: now, allowedLag: settings.allowedLag)
    return PartitionLagReport(lag: lag, verdict: verdict, trend: LagTrend(points), complete: complete)
  }

  private static func add<Element>(_ element: Element, to ring: inout [Element], _ limit: Int) {
    if ring.count == limit { ring.removeFirst() }
    ring.append(element)
  }
}
