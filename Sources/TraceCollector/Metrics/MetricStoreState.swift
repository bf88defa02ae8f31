internal import TraceModel

/// Everything a metric store's lock guards.
struct MetricStoreState: Sendable {
  private(set) var statistics = MetricStoreStatistics()
  private let history: Int
  private var records: [MetricRecord?] = []
  private var free: [Int] = []
  /// For looking up only: its order differs from process to process.
  private var places: [MetricKey: Int] = [:]
  private var oldest = -1
  private var newest = -1

  init(budget: Int, history: Int) {
    self.history = history
    statistics.budget = budget
  }

  /// Nanoseconds by which a sender's clock may run before ours.
  private static let tolerance: Int64 = 60_000_000_000

  mutating func add(_ point: MetricPoint, of key: MetricKey, receivedAt: Int64) {
    var point = point
    statistics.received += 1
    let (ahead, isFar) = point.time.subtractingReportingOverflow(receivedAt)
    let isAhead = point.time > receivedAt && (isFar || ahead > Self.tolerance)
    if isAhead { point.time = receivedAt }
    let known = places[key]
    if let known, let time = records[known]?.time, point.time < time {
      statistics.late += 1
      return
    }
    let place = known ?? append(MetricRecord(point, key: key))
    unlink(place)
    link(place)
    let before = bytes(of: place)
    records[place]?.take(point, receivedAt: receivedAt, limit: history)
    statistics.bytes += bytes(of: place) - before
    // One that has no room even alone would push all others out.
    if bytes(of: place) > statistics.budget / 4 {
      remove(place)
      statistics.refused += 1
      if known != nil { statistics.evictedSeries += 1 }
      return
    }
    statistics.accepted += 1
    if isAhead { statistics.ahead += 1 }
    while statistics.bytes > statistics.budget, oldest != place {
      remove(oldest)
      statistics.evictedSeries += 1
    }
  }

  /// Each series, with when it was written to last, by the clock of who keeps it.
  func forEach(_ body: (_ key: MetricKey, _ last: Int64) -> Void) {
    for case let record? in records { body(record.key, record.receivedAt) }
  }

  /// In no order that means anything.
  func records(where isWanted: (MetricKey) -> Bool) -> [MetricRecord] {
    records.compactMap { record in record.flatMap { isWanted($0.key) ? $0 : nil } }
  }

  private func bytes(of place: Int) -> Int { records[place]?.bytes ?? 0 }

  private mutating func append(_ record: MetricRecord) -> Int {
    let place = free.popLast() ?? records.count
    if place == records.count { records.append(record) } else { records[place] = record }
    places[record.key] = place
    statistics.series += 1
    statistics.bytes += record.bytes
    link(place)
    return place
  }

  private mutating func remove(_ place: Int) {
    guard let record = records[place] else { return }
    unlink(place)
    places[record.key] = nil
    records[place] = nil
    free.append(place)
    statistics.series -= 1
    statistics.bytes -= record.bytes
  }

  // MARK: The order of writing

  private mutating func link(_ place: Int) {
    records[place]?.older = newest
    records[place]?.newer = -1
    if newest >= 0 { records[newest]?.newer = place } else { oldest = place }
    newest = place
  }

  private mutating func unlink(_ place: Int) {
    guard let record = records[place] else { return }
    if record.older >= 0 { records[record.older]?.newer = record.newer } else { oldest = record.newer }
    if record.newer >= 0 { records[record.newer]?.older = record.older } else { newest = record.older }
  }
}
