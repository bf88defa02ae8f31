import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

struct MetricStoreTests {
  private func point(
    _ name: String, _ service: String = "order", on instance: String = "order-1", at seconds: Double = 0,
    since start: Int64? = nil, _ value: MetricValue, attributes: [SpanAttribute] = []
  ) -> MetricPoint {
    MetricPoint(
      name: name, unit: "1", service: service, instance: instance, attributes: attributes, start: start,
      time: epoch + Int64(seconds * 1e9), value: value)
  }

  /// Far behind all points that are not from the future.
  private let received = epoch + 10_000 * second

  private func gauge(_ value: Double) -> MetricValue { .gauge(.real(value)) }

  private func total(_ value: Int64, _ span: MetricSpan = .sinceStart) -> MetricValue {
    .sum(.integer(value), isMonotonic: true, span: span)
  }

  @Test func aGaugeHasItsLevelsOnePerSecond() throws {
    let store = MetricStore(budget: 100_000, history: 3)
    for (time, level) in [(0, 1), (1.2, 2), (1.9, 3), (2.1, 4), (5, 5)] as [(Double, Double)] {
      store.add([point("pool", at: time, gauge(level))], receivedAt: received)
    }
    let series = try #require(store.series().first)
    #expect(series.history.map(\.value) == [3, 4, 5] && series.value == gauge(5) && series.time == epoch + 5 * second)
    #expect(!series.isRate && series.rates.isEmpty && series.rate == nil && series.unit == "1")
    store.add([point("pool", at: 4, gauge(9)), point("pool", at: 6, .gone)], receivedAt: received)
    let gone = try #require(store.series().first)
    #expect(gone.value == .gone && gone.history.map(\.value) == [3, 4, 5])
    #expect(store.statistics.late == 1 && store.statistics.accepted == 6)
  }

  @Test func aSumGrowsThroughRestarts() throws {
    let store = MetricStore(budget: 100_000)
    for (time, value, start) in [(0, 100, 1), (10, 150, 1), (20, 30, 1), (30, 80, 2)] as [(Double, Int64, Int64)] {
      store.add([point("requests", at: time, since: start, total(value))], receivedAt: received)
    }
    let series = try #require(store.series().first)
    // It fell to 30, so it began anew; then its start says so, though it has not fallen.
    #expect(series.history.map(\.value) == [100, 150, 180, 260])
    #expect(series.rates == [5, 3, 8] && series.rate == 8 && series.isRate)

    let deltas = MetricStore(budget: 100_000)
    for time in 0..<4 {
      deltas.add([point("requests", at: Double(time) * 2, total(10, .sinceLast))], receivedAt: received)
    }
    #expect(deltas.series().first?.rates == [5, 5, 5])
    let upAndDown = MetricStore(budget: 100_000)
    for value in [5, 3] as [Int64] {
      upAndDown.add(
        [
          point("queue", at: Double(10 - value), .sum(.integer(value), isMonotonic: false, span: .sinceStart))
        ], receivedAt: received)
    }
    #expect(upAndDown.series().first?.history.map(\.value) == [5, 3] && upAndDown.series().first?.rate == nil)
  }

  @Test func aDistributionHasTheRateOfItsMeasurements() throws {
    let store = MetricStore(budget: 100_000)
    for (time, counts) in [(0, [1, 0, 0]), (10, [11, 20, 0])] as [(Double, [UInt64])] {
      let distribution = MetricDistribution(
        count: counts.reduce(0, +), sum: time * 3, buckets: .explicit(bounds: [5, 10], counts: counts))
      store.add([point("duration", at: time, .distribution(distribution, span: .sinceStart))], receivedAt: received)
    }
    let series = try #require(store.series().first)
    #expect(
      series.history == [
        MetricSample(time: epoch, value: 0, count: 1), MetricSample(time: epoch + 10 * second, value: 30, count: 31),
      ])
    #expect(series.rates == [3])
  }

  @Test func seriesAreToldApartAndFound() {
    let store = MetricStore(budget: 1_000_000)
    let one = [SpanAttribute("a", 1), SpanAttribute("b", "x")]
    store.add(
      [
        point("pool", "order", on: "order-2", gauge(1)), point("pool", "order", on: "order-1", gauge(2)),
        point("pool", "cart", gauge(3)), point("heap", "order", gauge(4), attributes: one),
        point("heap", "order", gauge(5), attributes: one.reversed()),
        point("heap", "order", gauge(6), attributes: [SpanAttribute("a", "1"), SpanAttribute("b", "x")]),
      ], receivedAt: received)
    func shown(_ series: [MetricSeries]) -> [String] {
      series.map { "\($0.service) \($0.instance) \($0.name) \($0.history[0].value)" }
    }
    #expect(
      shown(store.series()) == [
        "cart order-1 pool 3.0", "order order-1 heap 6.0", "order order-1 heap 5.0", "order order-1 pool 2.0",
        "order order-2 pool 1.0",
      ])
    #expect(store.series().first { $0.history[0].value == 5 }?.attributes == one)
    #expect(shown(store.series(of: "cart")) == ["cart order-1 pool 3.0"])
    #expect(store.series(named: "heap").count == 2 && store.series(named: "pool", of: "order").count == 2)
    #expect(store.names().map { "\($0.name) \($0.series)" } == ["heap 2", "pool 3"])
    #expect(store.series(of: "nobody").isEmpty && store.series(named: "").isEmpty)
  }

  /// What is held is what was written to last, whatever came in whichever order.
  @Test(arguments: 1...20)
  func theSeriesNotWrittenLongestGoFirst(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = MetricStore(budget: [16_384, 40_000, 200_000].randomElement(using: &random) ?? 0, history: 8)
    /// Names, those written to last at the end.
    var written: [String] = []
    var levels: [String: Double] = [:]
    var refused: Set<String> = []
    for step in 0..<1_500 {
      let name = random.chance(70) ? "metric \(Int.random(in: 0..<30, using: &random))" : "metric \(step)"
      let level = Double(step)
      let attributes = random.chance(1) ? [SpanAttribute("k", .text(String(repeating: "x", count: 60_000)))] : []
      store.add([point(name, at: level, gauge(level), attributes: attributes)], receivedAt: received)
      if attributes.isEmpty {
        written.removeAll { $0 == name }
        written.append(name)
        levels[name] = level
      } else {
        refused.insert(name)
      }
      let statistics = store.statistics
      #expect(statistics.bytes <= statistics.budget, "seed \(seed)")
    }
    let statistics = store.statistics
    #expect(statistics.received == 1_500 && statistics.accepted + statistics.late + statistics.refused == 1_500)
    let held = store.series().filter { $0.attributes.isEmpty }
    #expect(!held.isEmpty && statistics.evictedSeries > 0, "seed \(seed)")
    let last = Set(written.suffix(held.count))
    #expect(Set(held.map(\.name)) == last, "seed \(seed)")
    #expect(held.allSatisfy { levels[$0.name] == $0.history.last?.value && $0.history.count <= 8 }, "seed \(seed)")
  }

  /// The same as a store that keeps every point and works out the answer when it is asked.
  @Test(arguments: 1...20)
  func historiesAreWhatAllPointsTogetherSay(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let store = MetricStore(budget: 50_000_000, history: 10)
    var points: [String: [(time: Int64, value: Int64)]] = [:]
    for _ in 0..<2_000 {
      let name = "m\(Int.random(in: 0..<12, using: &random))"
      let time = epoch + Int64.random(in: 0..<60_000, using: &random) * millisecond
      let value = Int64.random(in: 0..<1_000, using: &random)
      store.add([MetricPoint(name: name, service: "s", time: time, value: total(value))], receivedAt: received)
      if time >= points[name]?.last?.time ?? .min { points[name, default: []].append((time, value)) }
    }
    for series in store.series() {
      let all = points[series.name] ?? []
      var wanted: [MetricSample] = []
      var grown: Int64 = 0
      for (place, point) in all.enumerated() {
        let before = place > 0 ? all[place - 1].value : 0
        grown += point.value < before ? point.value : point.value - before
        if let last = wanted.last, last.time / second == point.time / second { wanted.removeLast() }
        wanted.append(MetricSample(time: point.time, value: Double(grown)))
      }
      #expect(series.history == Array(wanted.suffix(10)), "seed \(seed), \(series.name)")
      #expect(series.rates.allSatisfy { $0 >= 0 } && series.value == total(all.last?.value ?? -1), "seed \(seed)")
    }
    #expect(store.statistics.late == 2_000 - points.values.reduce(0) { $0 + $1.count }, "seed \(seed)")
  }

  @Test func aPointFromTheFutureCountsAsMeasuredNow() throws {
    let store = MetricStore(budget: 100_000)
    func put(_ time: Int64, _ level: Double, receivedAt: Int64) {
      store.add([MetricPoint(name: "pool", service: "s", time: time, value: gauge(level))], receivedAt: receivedAt)
    }
    put(.max, 1, receivedAt: epoch)
    put(epoch + 61 * second, 2, receivedAt: epoch + second)
    put(epoch + 62 * second, 3, receivedAt: epoch + 2 * second)
    put(epoch + 63 * second, 4, receivedAt: epoch + 4 * second)
    put(epoch + 30 * second, 5, receivedAt: epoch + 30 * second)
    let series = try #require(store.series().first)
    #expect(series.history.map(\.value) == [1, 2, 3, 4])
    #expect(series.history.map(\.time) == [0, 61, 62, 63].map { epoch + $0 * second })
    #expect(store.statistics.ahead == 1 && store.statistics.accepted == 4 && store.statistics.late == 1)
  }

  @Test func whatIsNoFiniteNumberLeavesNoSample() throws {
    let store = MetricStore(budget: 100_000)
    func sum(_ value: Double, _ span: MetricSpan, isMonotonic: Bool = true) -> MetricValue {
      .sum(.real(value), isMonotonic: isMonotonic, span: span)
    }
    func duration(_ sum: Double) -> MetricValue {
      .distribution(
        MetricDistribution(count: 2, sum: sum, buckets: .explicit(bounds: [], counts: [])), span: .sinceLast)
    }
    for (time, value) in ([5, .nan, .infinity, -.infinity, 7] as [Double]).enumerated() {
      store.add(
        [
          point("gauge", at: Double(time), gauge(value)), point("total", at: Double(time), sum(value, .sinceStart)),
          point("growth", at: Double(time), sum(value, .sinceLast)),
          point("level", at: Double(time), sum(value, .sinceLast, isMonotonic: false)),
          point("duration", at: Double(time), duration(value)),
          point("quantiles", at: Double(time), .quantiles(count: 1, sum: value, [])),
        ], receivedAt: received)
    }
    let found = Dictionary(uniqueKeysWithValues: store.series().map { ($0.name, $0.history.map(\.value)) })
    #expect(
      found == [
        "gauge": [5, 7], "total": [5, 7], "growth": [5, 12], "level": [5, 12], "duration": [5, 12],
        "quantiles": [5, 7],
      ])
  }

  @Test func manyThreadsPutInWhileOthersAsk() async {
    let store = MetricStore(budget: 100_000)
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for step in 0..<300 {
            store.add(
              (0..<5).map { point("metric \($0 + step % 50)", on: "i\(thread)", at: Double(step), gauge(1)) },
              receivedAt: received)
          }
        }
      }
      group.addTask {
        for _ in 0..<100 {
          let series = store.series()
          #expect(Set(series.map { "\($0.name) \($0.instance)" }).count == series.count, "each stands there once")
        }
      }
    }
    let statistics = store.statistics
    #expect(statistics.received == 6_000 && statistics.accepted == 6_000 && statistics.bytes <= 100_000)
  }
}

struct MetricPercentileTests {
  @Test(arguments: 1...20)
  func anEstimateLiesInTheBucketOfTheTrueValue(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let values = (0..<Int.random(in: 1...400, using: &random)).map { _ in Double.random(in: 0..<120, using: &random) }
      .sorted()
    let bounds: [Double] = [1, 2, 5, 10, 20, 50, 100]
    func bucket(_ value: Double) -> Int { bounds.firstIndex { value <= $0 } ?? bounds.count }
    var counts = Array(repeating: UInt64(0), count: bounds.count + 1)
    for value in values { counts[bucket(value)] += 1 }
    let distribution = MetricDistribution(
      count: UInt64(values.count), minimum: values.first, maximum: values.last,
      buckets: .explicit(bounds: bounds, counts: counts))
    for percentile in [0, 1, 25, 50, 90, 95, 99, 100] as [Double] {
      let estimate = try #require(distribution.percentile(percentile))
      let rank = max(1, Int((percentile / 100 * Double(values.count)).rounded(.up)))
      let place = bucket(values[rank - 1])
      let (low, high) = (place > 0 ? bounds[place - 1] : 0, place < bounds.count ? bounds[place] : 120)
      #expect(estimate >= low && estimate <= high, "seed \(seed), \(percentile) %")
      #expect(estimate >= values[0] && estimate <= values[values.count - 1], "seed \(seed)")
    }
  }

  @Test(arguments: 1...20)
  func exponentialBucketsAreExactToTheirWidth(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let scale = Int32.random(in: -2...6, using: &random)
    func bound(_ index: Int64) -> Double { MetricDistribution.power(index, scale: scale) }
    let values = (0..<200).map { _ in
      let size = Double.random(in: 0.01..<5_000, using: &random)
      return random.chance(30) ? -size : random.chance(10) ? 0 : size
    }.sorted()
    /// The index of the bucket (bound(i), bound(i + 1)] of a size.
    func index(_ size: Double) -> Int64 {
      var index: Int64 = -1_000
      while bound(index + 1) < size { index += 1 }
      return index
    }
    func run(_ sizes: [Double]) -> MetricDistribution.Run {
      let places = sizes.map(index)
      guard let first = places.min(), let last = places.max() else { return MetricDistribution.Run() }
      var counts = Array(repeating: UInt64(0), count: Int(last - first) + 1)
      for place in places { counts[Int(place - first)] += 1 }
      return MetricDistribution.Run(offset: Int32(first), counts: counts)
    }
    let distribution = MetricDistribution(
      count: 200,
      buckets: .exponential(
        scale: scale, zero: UInt64(values.count { $0 == 0 }), zeroThreshold: 0,
        positive: run(values.filter { $0 > 0 }), negative: run(values.filter { $0 < 0 }.map { -$0 })))
    for percentile in [1, 10, 50, 90, 99] as [Double] {
      let estimate = try #require(distribution.percentile(percentile))
      let value = values[max(1, Int((percentile * 2).rounded(.up))) - 1]
      if value == 0 {
        #expect(estimate == 0, "seed \(seed)")
      } else {
        let place = index(abs(value))
        let (low, high) = (bound(place), bound(place + 1))
        #expect(abs(estimate) >= low && abs(estimate) <= high && estimate * value > 0, "seed \(seed), \(percentile) %")
      }
    }
  }

  @Test func powersOfTwoAreExactAndRootsAreRoots() {
    for scale in -3...8 as ClosedRange<Int32> {
      for exponent in -40...40 as ClosedRange<Int64> {
        let exact = scale > 0 ? exponent << Int64(scale) : exponent
        let wanted = scale > 0 ? exponent : exponent << Int64(-scale)
        #expect(
          MetricDistribution.power(exact, scale: scale) == Double(sign: .plus, exponent: Int(wanted), significand: 1))
      }
    }
    let root = MetricDistribution.power(1, scale: 3)
    #expect(abs((0..<8).reduce(1.0) { product, _ in product * root } - 2) < 1e-12)
    #expect(MetricDistribution.power(-1, scale: 1) < 1 && MetricDistribution.power(.max, scale: -5) == .infinity)
  }

  @Test func whatLiesOverTheLastFiniteBoundLiesOnIt() {
    func percentiles(_ bounds: [Double], _ counts: [UInt64], maximum: Double? = nil) -> [Double?] {
      let distribution = MetricDistribution(
        count: counts.reduce(0, +), maximum: maximum, buckets: .explicit(bounds: bounds, counts: counts))
      return [0, 50, 100].map { distribution.percentile($0) }
    }
    #expect(percentiles([1, 2, .infinity], [0, 0, 9, 0]) == [2, 2, 2])
    #expect(percentiles([1, 2, .infinity], [0, 0, 0, 9]) == [2, 2, 2])
    #expect(percentiles([1, 2], [0, 0, 9], maximum: .infinity) == [2, 2, 2])
    #expect(percentiles([1, 2], [0, 0, 9], maximum: .nan) == [2, 2, 2])
    #expect(percentiles([-.infinity, 2], [0, 9, 0]) == [2, 2, 2])
    let huge = MetricDistribution(
      count: 4,
      buckets: .exponential(
        scale: -4, zero: 0, zeroThreshold: 0, positive: MetricDistribution.Run(offset: 60, counts: [0, 0, 0, 2, 2]),
        negative: MetricDistribution.Run()))
    #expect([1, 50, 99].allSatisfy { huge.percentile($0)?.isFinite ?? false })
  }

  @Test func noMeasurementNoPercentile() {
    let none = MetricDistribution(count: 0, buckets: .explicit(bounds: [1], counts: [0, 0]))
    #expect(none.percentile(50) == nil)
    let onlyCount = MetricDistribution(count: 9, buckets: .explicit(bounds: [], counts: []))
    #expect(onlyCount.percentile(50) == nil)
    let over = MetricDistribution(count: 2, buckets: .explicit(bounds: [1], counts: [0, 2]))
    #expect(over.percentile(99) == 1, "nobody says how far over the last bound")
  }
}
