internal import TraceModel

/// What each process of a service did in the last seconds; bounded in number. Samples wait until ``flush()``.
///
/// It stands beside the spans, which are copied and forgotten out of turn: how many of a process are there says little of
/// how many came.
struct InstanceBook: Sendable {
  private struct Entry: Sendable {
    var key: Key
    var service: String
    var instance: String
    var version = ""
    /// Its hash: asked for each batch.
    var versionHash: UInt64 = 0
    var calls = SecondRing(seconds: 12 + Int(ArrivalDelay.longest))
    var latencies = LatencyRing(windowSeconds: 10, slotSeconds: 2)
    /// The last second in which a call ended.
    var latest: Int64
  }

  /// Hashes of both names, with the key that the process drew: nobody can send two that collide.
  private struct Key: Hashable {
    var service: UInt64
    var instance: UInt64
  }

  private let limit: Int
  private let hashes: TextHash
  private var entries: [Entry?] = []
  private var places: [Key: Int] = [:]
  /// Places without an entry.
  private var free: [Int] = []
  private var waiting = RedQueue()
  private var swept: Int64 = 0

  /// The place of what is beyond the bound, or names no instance.
  static let none: Int32 = -1
  /// Bytes of a service's and an instance's name together, beyond which nothing is counted: nobody reads such names, and a
  /// sender could fill the memory with them.
  private static let longest = 4_096
  /// Seconds without a call after which an instance is forgotten.
  private static let quiet: Int64 = 60

  init(limit: Int, _ hashes: TextHash) {
    self.limit = limit
    self.hashes = hashes
  }

  var count: Int { entries.count }
  var bytes: Int {
    entries.reduce(0) { sum, entry in
      guard let entry else { return sum + MemoryLayout<Entry?>.stride }
      let names = entry.service.utf8.count + entry.instance.utf8.count + entry.version.utf8.count
      return sum + MemoryLayout<Entry?>.stride + names + entry.calls.bytes + entry.latencies.bytes
    }
  }

  /// Where the samples of that instance go to until the next ``sweep(second:)``; ``none`` if they are not counted.
  mutating func place(of origin: SpanBatch.Origin, in batch: BatchView, second: Int64) -> Int32 {
    guard origin.service.count > 0, origin.instance.count > 0,
      Int(origin.service.count) + Int(origin.instance.count) + Int(origin.version.count) <= Self.longest
    else { return Self.none }
    let (service, instance) = (batch.raw(origin.service), batch.raw(origin.instance))
    let key = Key(service: hashes.of(service), instance: hashes.of(instance))
    guard let place = places[key] ?? added(key, service: service, instance: instance, second: second) else {
      return Self.none
    }
    if origin.facts.count > 0 { learn(batch.raw(origin.version), of: place) }
    return Int32(place)
  }

  private mutating func added(
    _ key: Key, service: UnsafeRawBufferPointer, instance: UnsafeRawBufferPointer, second: Int64
  ) -> Int? {
    guard places.count < limit else { return nil }
    let entry = Entry(
      key: key, service: String(decoding: service, as: UTF8.self), instance: String(decoding: instance, as: UTF8.self),
      latest: second)
    let place = free.popLast() ?? entries.count
    if place == entries.count { entries.append(entry) } else { entries[place] = entry }
    places[key] = place
    return place
  }

  /// The resource's `service.version`: that of who spoke last counts, as one that was restarted keeps its name.
  private mutating func learn(_ version: UnsafeRawBufferPointer, of place: Int) {
    let hash = hashes.of(version)
    guard entries[place]?.versionHash != hash else { return }
    entries[place]?.versionHash = hash
    entries[place]?.version = String(decoding: version, as: UTF8.self)
  }

  mutating func record(_ sample: RedSample, at place: Int32) { waiting.add(sample, to: Int(place)) }

  /// Adds what waits to the figures. Nothing waits while somebody asks.
  mutating func flush() {
    var queue = RedQueue()
    swap(&queue, &waiting)
    queue.flush { place, sum in
      entries[place]?.calls.record(second: sum.second, calls: UInt32(sum.calls), errors: UInt32(sum.errors))
      entries[place]?.latencies.record(sum)
      let latest = entries[place]?.latest ?? sum.second
      entries[place]?.latest = max(latest, sum.second)
    }
    swap(&queue, &waiting)
  }

  /// Now and then lets go of those that do nothing any more, and of what only windows gone by needed.
  mutating func sweep(second: Int64) {
    guard second >= swept + 10 else { return }
    swept = second
    for place in entries.indices {
      guard let entry = entries[place] else { continue }
      if entry.latest < second - Self.quiet {
        places[entry.key] = nil
        entries[place] = nil
        free.append(place)
      } else {
        entries[place]?.latencies.sweep(second: second)
      }
    }
  }

  /// Of those at `places`, as far as there are so many, in no order; nil for one that did nothing in the last ten seconds.
  func figures(at places: Range<Int>, now: Int64, since: Int64) -> [InstanceFigures?] {
    let second = RedSeries.second(of: now)
    return entries[places.clamped(to: entries.indices)].map { entry in
      guard let entry else { return nil }
      let sum = entry.calls.sum(second: second, window: RedWindow.tenSeconds.seconds)
      guard sum.calls > 0 else { return nil }
      var figures = InstanceFigures(service: entry.service, instance: entry.instance, version: entry.version)
      let begin = second - Int64(RedWindow.tenSeconds.seconds) + 1
      figures.rate = RedSeries.rate(sum.calls, begin: begin, now: now, since: since)
      figures.errorShare = min(1, Double(sum.errors) / Double(sum.calls))
      var durations = LatencySum()
      entry.latencies.sum(second: second, into: &durations)
      figures.p99 = durations.percentiles([99])[0]
      return figures
    }
  }
}

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
  /// Nanoseconds, exact to 1 %, of those whose length is known; nil when there is none. Of an instance that goes by several
  /// names the longest of theirs.
  public var p99: Int64?

  /// By service and instance; those under a part of an address joined with the one that has the whole of it.
  static func joined(_ all: [InstanceFigures]) -> [InstanceFigures] {
    let names = InstanceNames(all.map { ReportedInstance(service: $0.service, instance: $0.instance) })
    var joined: [[String]: InstanceFigures] = [:]
    let sorted = all.sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
    for own in sorted {
      let reported = ReportedInstance(service: own.service, instance: own.instance)
      let name = names.whole(of: reported) ?? own.instance
      joined[[own.service, name], default: InstanceFigures(service: own.service, instance: name)].add(own)
    }
    return joined.values.sorted { ($0.service, $0.instance) < ($1.service, $1.instance) }
  }

  private mutating func add(_ other: InstanceFigures) {
    let sum = rate + other.rate
    if sum > 0 { errorShare = (errorShare * rate + other.errorShare * other.rate) / sum }
    rate = sum
    p99 = [p99, other.p99].compactMap(\.self).max()
    if version.isEmpty { version = other.version }
  }
}
