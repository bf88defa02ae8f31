import OTLPMessages
import SwiftProtobuf

/// One metric of every kind.
enum OTLPMetricFixture {
  static let all = [gauge, sum, histogram, exponential, summary]

  static let gauge = OTLP.Metric.with {
    $0.name = "pool.used"
    $0.description_p = "connections in use"
    $0.unit = "{connection}"
    $0.gauge.dataPoints = [
      .with {
        $0.asInt = -3
        $0.timeUnixNano = 9
        $0.attributes = [OTLPFixture.text("pool", "db")]
      },
      .with {
        $0.asDouble = 0.5
        $0.timeUnixNano = 9
      },
      .with { $0.flags = 1 },
    ]
  }

  static let sum = OTLP.Metric.with {
    $0.name = "orders"
    $0.sum.isMonotonic = true
    $0.sum.aggregationTemporality = .cumulative
    $0.sum.dataPoints = [
      .with {
        $0.asInt = .max
        $0.startTimeUnixNano = 5
        $0.timeUnixNano = 9
      }
    ]
  }

  static let histogram = OTLP.Metric.with {
    $0.name = "duration"
    $0.unit = "ms"
    $0.histogram.aggregationTemporality = .delta
    $0.histogram.dataPoints = [
      .with {
        $0.count = 3
        $0.sum = 6.5
        $0.min = 1
        $0.max = 4
        $0.bucketCounts = [1, 2]
        $0.explicitBounds = [2.5]
        $0.startTimeUnixNano = 5
        $0.timeUnixNano = 9
      }
    ]
  }

  static let exponential = OTLP.Metric.with {
    $0.name = "size"
    $0.exponentialHistogram.aggregationTemporality = .delta
    $0.exponentialHistogram.dataPoints = [
      .with {
        $0.count = 4
        $0.sum = 10
        $0.scale = -2
        $0.zeroCount = 1
        $0.zeroThreshold = 0.25
        $0.positive.offset = -7
        $0.positive.bucketCounts = [0, 300]
        $0.negative.offset = 2
        $0.negative.bucketCounts = [1]
        $0.min = -1
        $0.max = 5
        $0.timeUnixNano = 9
      }
    ]
  }

  static let summary = OTLP.Metric.with {
    $0.name = "gc"
    $0.summary.dataPoints = [
      .with {
        $0.count = 2
        $0.sum = 3
        $0.timeUnixNano = 9
        $0.quantileValues = [
          .with {
            $0.quantile = 0.5
            $0.value = 1
          }
        ]
      }
    ]
  }
}
