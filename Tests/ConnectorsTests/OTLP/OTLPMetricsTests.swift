import OTLPMessages
import SwiftProtobuf
import Testing
import TraceModel

@testable import Connectors

@Suite struct OTLPMetricsTests {
  private func read(_ metrics: [OTLP.Metric], limit: Int = 100) -> OTLPBatch<MetricPoint> {
    OTLPMetrics.read(
      OTLPFixture.metrics(metrics), receivedAt: 77, limits: OTLPLimits(entries: limit, textBytes: 10))
  }

  @Test func levels() {
    let points = read([OTLPMetricFixture.gauge]).elements
    #expect(points.map(\.value) == [.gauge(.integer(-3)), .gauge(.real(0.5)), .gone])
    #expect(points.map(\.time) == [9, 9, 77])
    #expect(points[0].name == "pool.used" && points[0].unit == "{connection}")
    #expect(points[0].service == "order" && points[0].instance == "app-1")
    #expect(points[0].attributes == [SpanAttribute("pool", "db")])
    #expect(points[0].start == nil)
    #expect(points[0].origin === points[1].origin)
  }

  @Test func sums() {
    let points = read([OTLPMetricFixture.sum]).elements
    #expect(points.map(\.value) == [.sum(.integer(.max), isMonotonic: true, span: .sinceStart)])
    #expect(points[0].start == 5)
  }

  @Test func distributions() {
    let points = read([OTLPMetricFixture.histogram, OTLPMetricFixture.exponential]).elements
    #expect(
      points.map(\.value) == [
        .distribution(
          MetricDistribution(
            count: 3, sum: 6.5, minimum: 1, maximum: 4, buckets: .explicit(bounds: [2.5], counts: [1, 2])),
          span: .sinceLast),
        .distribution(
          MetricDistribution(
            count: 4, sum: 10, minimum: -1, maximum: 5,
            buckets: .exponential(
              scale: -2, zero: 1, zeroThreshold: 0.25, positive: .init(offset: -7, counts: [0, 300]),
              negative: .init(offset: 2, counts: [1]))), span: .sinceLast),
      ])
  }

  @Test func whatASourceDoesNotSayOfADistributionIsNotMadeUp() {
    var metric = OTLPMetricFixture.histogram
    metric.histogram.dataPoints = [.with { $0.count = 3 }]
    #expect(
      read([metric]).elements.map(\.value) == [
        .distribution(MetricDistribution(count: 3, buckets: .explicit(bounds: [], counts: [])), span: .sinceLast)
      ])
  }

  @Test func quantiles() {
    #expect(
      read([OTLPMetricFixture.summary]).elements.map(\.value) == [
        .quantiles(count: 2, sum: 3, [MetricQuantile(share: 0.5, value: 1)])
      ])
  }

  @Test func pointsThatMakeNoSenseAreLeftOutAlone() {
    var uneven = OTLPMetricFixture.histogram
    uneven.histogram.dataPoints[0].bucketCounts = [1]
    var falling = OTLPMetricFixture.histogram
    falling.histogram.dataPoints[0].explicitBounds = [2, 2]
    falling.histogram.dataPoints[0].bucketCounts = [1, 1, 1]
    var nameless = OTLPMetricFixture.sum
    nameless.name = ""
    var late = OTLPMetricFixture.sum
    late.sum.dataPoints[0].timeUnixNano = .max
    let path = "resourceMetrics[0].scopeMetrics[0].metrics[0]"
    let cases: [(OTLP.Metric, String)] = [
      (
        uneven,
        "\(path).histogram.dataPoints[0].bucketCounts: must be one more than the 1 explicitBounds, not 1"
      ),
      (falling, "\(path).histogram.dataPoints[0].explicitBounds: must rise"),
      (nameless, "\(path).sum.dataPoints[0]: is of a metric without a name"),
      (late, "\(path).sum.dataPoints[0].timeUnixNano: must be nanoseconds before the year 2262"),
      (
        .with {
          $0.name = "g"
          $0.gauge.dataPoints = [OTLP.NumberPoint()]
        }, "\(path).gauge.dataPoints[0]: must hold asInt or asDouble"
      ),
      (.with { $0.name = "g" }, "\(path): must hold gauge, sum, histogram, exponentialHistogram or summary"),
    ]
    for (metric, sentence) in cases {
      let batch = read([metric, OTLPMetricFixture.sum])
      #expect(batch.elements.count == 1)
      #expect(batch.refused == 1)
      #expect(batch.reason == sentence)
    }
  }

  @Test func moreThanTheLimitIsLeftOutAndTold() {
    let batch = read([OTLPMetricFixture.gauge, OTLPMetricFixture.sum], limit: 2)
    #expect(batch.elements.count == 2)
    #expect(batch.refused == 2)
    #expect(
      batch.reason
        == "resourceMetrics[0].scopeMetrics[0].metrics[0].gauge.dataPoints[2]: is one more than the 2 that are taken at a time"
    )
  }
}
