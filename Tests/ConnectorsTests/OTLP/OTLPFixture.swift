import Foundation
import OTLPMessages
import SwiftProtobuf
import TraceModel

/// Requests of OTLP, made with protobuf's own code.
enum OTLPFixture {
  static let trace = Data((1...16).map { UInt8($0) })
  static let gtxid = GTXID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
  /// 2018-12-13, 14:51:00.
  static let epoch: UInt64 = 1_544_712_660_000_000_000

  static func id(_ number: UInt8) -> Data { Data([0, 0, 0, 0, 0, 0, 0, number]) }

  static func text(_ name: String, _ value: String) -> OTLP.Attribute {
    .with {
      $0.key = name
      $0.value.stringValue = value
    }
  }

  /// A span of one second; `change` makes it what a test needs.
  static func span(_ number: UInt8 = 1, _ change: (inout OTLP.Span) -> Void = { _ in }) -> OTLP.Span {
    var span = OTLP.Span()
    span.traceID = trace
    span.spanID = id(number)
    span.name = "op"
    span.startTimeUnixNano = epoch
    span.endTimeUnixNano = epoch + 1_000_000_000
    change(&span)
    return span
  }

  static func request(_ spans: [OTLP.Span], resource: [OTLP.Attribute] = [text("service.name", "order")])
    -> OTLP.TracesRequest
  {
    .with {
      $0.resourceSpans = [
        .with {
          $0.resource.attributes = resource
          $0.scopeSpans = [.with { $0.spans = spans }]
        }
      ]
    }
  }

  static func logs(_ records: [OTLP.LogRecord]) -> OTLP.LogsRequest {
    .with {
      $0.resourceLogs = [
        .with {
          $0.resource.attributes = [text("service.name", "order"), text("host.name", "app-1")]
          $0.scopeLogs = [.with { $0.logRecords = records }]
        }
      ]
    }
  }

  static func metrics(_ metrics: [OTLP.Metric]) -> OTLP.MetricsRequest {
    .with {
      $0.resourceMetrics = [
        .with {
          $0.resource.attributes = [text("service.name", "order"), text("host.name", "app-1")]
          $0.scopeMetrics = [.with { $0.metrics = metrics }]
        }
      ]
    }
  }
}
