internal import Concurrency
internal import TraceModel

/// What one process of a service did in the last ten seconds.
public struct InstanceFigures: Sendable, Equatable {
  public var service: String
  public var instance: String
  /// Its resource's `service.version`; empty where it tells none.
  public var version = ""
  /// Calls answered and records taken, per second.
  public var rate = 0.0
  /// Those of them that failed, 0…1.
  public var errorShare = 0.0
  /// Nanoseconds, of those whose length is known; nil when there is none.
  public var p99: Int64?
}

extension TraceStore {
  /// The figures of each instance whose SERVER and CONSUMER spans ended in the last ten seconds, by service and instance.
  ///
  /// - Parameter most: spans that are looked at, those that came in last. Where they reach back less than the ten seconds,
  ///   the figures are of the time that they reach.
  public func instanceFigures(now: Int64, most: Int = 20_000) -> [InstanceFigures] {
    state.withLock { $0.segments.instanceFigures(now: now, most: most) }
  }
}

extension SegmentTable {
  private static let window: Int64 = 10_000_000_000
  /// So many in a row that are older: what comes before them is as well, but for what was late.
  private static let olderAtMost = 2_048

  fileprivate func instanceFigures(now: Int64, most: Int) -> [InstanceFigures] {
    var works: [[String]: InstanceWork] = [:]
    var (looked, older, earliest) = (0, 0, now)
    segments: for number in newestFirst {
      let segment = self[number]
      var own: [UInt16: InstanceWork] = [:]
      defer { Self.add(own, of: segment, to: &works) }
      for row in stride(from: segment.pointee.records.count - 1, through: 0, by: -1) {
        guard looked < most, older < Self.olderAtMost else { break segments }
        let record = segment.pointee.records[row]
        looked += 1
        guard record.end > now - Self.window else {
          older += 1
          continue
        }
        older = 0
        earliest = min(earliest, record.end)
        guard record.bits.kind == .server || record.bits.kind == .consumer else { continue }
        own[record.origin, default: InstanceWork()].add(record)
      }
    }
    let reach = looked < most ? Self.window : max(1_000_000_000, now - earliest)
    return works.map { $0.value.figures(of: $0.key, over: reach) }
      .sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
  }

  private static func add(
    _ own: [UInt16: InstanceWork], of segment: UnsafeMutablePointer<SpanSegment>,
    to works: inout [[String]: InstanceWork]
  ) {
    for (number, work) in own {
      let origin = segment.pointee.origins[number]
      let name = [segment.pointee.texts.text(origin.service), segment.pointee.texts.text(origin.instance)]
      works[name, default: InstanceWork()].join(work)
      guard works[name]?.version.isEmpty != false, origin.facts != TextDictionary.empty else { continue }
      var reader = ByteReader(segment.pointee.texts[origin.facts])
      if case .text(let version)? = reader.origin().resource["service.version"] { works[name]?.version = version }
    }
  }
}

/// The spans of one instance that are looked at.
private struct InstanceWork {
  var version = ""
  private var calls = 0
  private var errors = 0
  private var lengths: [Int64] = []

  mutating func add(_ record: SpanRecord) {
    calls += 1
    if record.bits.status == .error { errors += 1 }
    if record.bits.contains(.hasDuration) { lengths.append(record.duration) }
  }

  mutating func join(_ other: InstanceWork) {
    calls += other.calls
    errors += other.errors
    lengths += other.lengths
  }

  func figures(of name: [String], over reach: Int64) -> InstanceFigures {
    var figures = InstanceFigures(service: name[0], instance: name[1], version: version)
    figures.rate = Double(calls) / (Double(reach) / 1e9)
    figures.errorShare = calls > 0 ? Double(errors) / Double(calls) : 0
    let sorted = lengths.sorted()
    // The nearest rank.
    if !sorted.isEmpty { figures.p99 = sorted[(sorted.count * 99 + 99) / 100 - 1] }
    return figures
  }
}
