internal import DequeModule
internal import TraceModel

/// What is kept of one series.
struct MetricRecord: Sendable {
  let key: MetricKey
  /// By name.
  let attributes: [SpanAttribute]
  private var unit: String
  private var value: MetricValue
  private(set) var time: Int64
  /// When the last point came: a sender's clock may be wrong.
  private(set) var receivedAt: Int64 = .min
  /// Oldest first.
  private var history: Deque<MetricSample> = []
  /// What the source said last of what only grows: growth is counted from there.
  private var last: (value: Double, count: Double, start: Int64?) = (0, 0, nil)
  /// The neighbours in the order in which series were written to; −1 at the ends.
  var older = -1
  var newer = -1

  init(_ point: MetricPoint, key: MetricKey) {
    self.key = key
    attributes = MetricKey.sorted(point.attributes)
    unit = point.unit
    value = .gone
    time = .min
  }

  /// What it takes, its place in tables included; the attributes are there as they came, and as what finds them.
  var bytes: Int {
    Self.overhead + 2 * key.bytes + unit.utf8.count + attributes.count * MemoryLayout<SpanAttribute>.stride
      + Room.charged(history.count) * MemoryLayout<MetricSample>.stride + value.bytes
  }

  private static let overhead = 320

  /// Takes a point that is not older than what is there; `limit` is how many samples are kept.
  mutating func take(_ point: MetricPoint, receivedAt: Int64, limit: Int) {
    let before = last
    var sample = sample(of: point)
    // What is not a number, or without end, says nothing, and must not spoil what is counted from it.
    if let found = sample, !found.value.isFinite || !found.count.isFinite {
      sample = nil
      last = before
    }
    unit = point.unit
    value = point.value
    time = point.time
    self.receivedAt = receivedAt
    guard let sample else { return }
    if let end = history.last, RedSeries.second(of: end.time) == RedSeries.second(of: sample.time) {
      history[history.count - 1] = sample
    } else {
      if history.count == limit { history.removeFirst() }
      history.append(sample)
    }
  }

  /// What the series stands at with this point; nil where the source says that there is nothing.
  private mutating func sample(of point: MetricPoint) -> MetricSample? {
    switch point.value {
    case .gauge(let number): return MetricSample(time: point.time, value: number.real)
    case .sum(let number, false, .sinceLast):
      return MetricSample(time: point.time, value: (history.last?.value ?? 0) + number.real)
    case .sum(let number, false, _): return MetricSample(time: point.time, value: number.real)
    case .sum(let number, true, let span): return grown(point, value: number.real, count: 0, span)
    case .distribution(let distribution, let span):
      return grown(point, value: distribution.sum ?? 0, count: Double(distribution.count), span)
    case .quantiles(let count, let sum, _): return grown(point, value: sum, count: Double(count), .sinceStart)
    case .gone: return nil
    }
  }

  /// The growth since the series began. A source that counts from its start has begun anew when it says so, or when what it
  /// counts has fallen.
  private mutating func grown(
    _ point: MetricPoint, value: Double, count: Double, _ span: MetricSpan
  ) -> MetricSample {
    let known = history.last ?? MetricSample(time: point.time, value: 0)
    guard span != .sinceLast else {
      return MetricSample(time: point.time, value: known.value + value, count: known.count + count)
    }
    let isFirst = history.isEmpty
    let hasCounts = if case .sum = point.value { false } else { true }
    let hasFallen = hasCounts ? count < last.count : value < last.value
    let isAnew = hasFallen || (point.start != nil && last.start != nil && point.start != last.start)
    let base = isFirst || isAnew ? (value: 0, count: 0) : (value: last.value, count: last.count)
    last = (value, count, point.start)
    return MetricSample(
      time: point.time, value: known.value + value - base.value, count: known.count + count - base.count)
  }

  var series: MetricSeries {
    MetricSeries(
      service: key.service, instance: key.instance, name: key.name, unit: unit, attributes: attributes, value: value,
      time: time, history: Array(history))
  }
}

extension MetricValue {
  /// What it takes beside itself.
  fileprivate var bytes: Int {
    switch self {
    case .gauge, .sum, .gone: 0
    case .quantiles(_, _, let quantiles): quantiles.count * MemoryLayout<MetricQuantile>.stride
    case .distribution(let distribution, _):
      switch distribution.buckets {
      case .explicit(let bounds, let counts): 8 * (bounds.count + counts.count)
      case .exponential(_, _, _, let positive, let negative): 8 * (positive.counts.count + negative.counts.count)
      }
    }
  }
}
