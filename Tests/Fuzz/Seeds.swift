import Foundation
import OTLPMessages
import SwiftProtobuf

@testable import Connectors

/// Bodies to start from: a small one of each form that a decoder knows.
extension Decoder {
  var seeds: [[UInt8]] {
    switch self {
    case .traces: Self.json.flatMap { Self.protobuf(try? OTLPJSONReader.traces(Array($0.utf8))) }
    case .metrics: Self.protobuf(try? OTLPJSONReader.metrics(Array(Self.points.utf8)))
    case .logs: Self.protobuf(try? OTLPJSONReader.logs(Array(Self.lines.utf8)))
    case .jsonTraces: Self.json.map { Array($0.utf8) }
    case .jsonMetrics: [Array(Self.points.utf8)]
    case .jsonLogs: [Array(Self.lines.utf8)]
    case .zipkin: [Array(Self.zipkinSpans.utf8)]
    case .file:
      Self.json.map { Array(($0 + "\n" + $0).utf8) } + [Array(Self.zipkinSpans.utf8)] + Self.compressed
    case .compression: Self.compressed + [Self.compressed[0] + Self.compressed[0]]
    case .carriers: Self.headers.map { Array($0.utf8) }
    }
  }

  private static func protobuf(_ message: (any Message)?) -> [[UInt8]] {
    (try? message?.serializedBytes()).map { [$0] } ?? []
  }

  private static let json = [
    #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","#
      + #""spanId":"eee19b7ec3c1b174","name":"op","startTimeUnixNano":"1544712660000000000","#
      + #""endTimeUnixNano":"1544712661000000000"}]}]}]}"#,
    #"""
    {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},
      "schemaUrl":"s","scopeSpans":[{"scope":{"name":"l\u00e9","x":{}},"spans":[
       {"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","parentSpanId":"","name":"op\"",
        "startTimeUnixNano":"1544712660000000000","endTimeUnixNano":1544712661000000000,"kind":3,"flags":257,
        "attributes":[{"key":"a","value":{"arrayValue":{"values":[{"intValue":"3"},{"doubleValue":1.5}]}}},
                      {"key":"peer.service","value":{"stringValue":"b"}},{"key":"ltxid","value":{"intValue":4}}],
        "events":[{"timeUnixNano":0,"name":"e"}],"status":{"code":"STATUS_CODE_ERROR","message":"m"},
        "links":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174"}]}]}]}]}
    """#,
  ]

  private static let points = #"""
    {"resourceMetrics":[{"scopeMetrics":[{"metrics":[
      {"name":"g","unit":"1","gauge":{"dataPoints":[{"timeUnixNano":"5","asDouble":1.5}]}},
      {"name":"s","sum":{"isMonotonic":true,"aggregationTemporality":2,"dataPoints":[{"asInt":"-3"}]}},
      {"name":"h","histogram":{"aggregationTemporality":1,"dataPoints":[
        {"count":"3","sum":6.5,"bucketCounts":["1",2],"explicitBounds":[2.5]}]}},
      {"name":"e","exponentialHistogram":{"dataPoints":[
        {"count":3,"scale":-2,"zeroCount":1,"positive":{"offset":-7,"bucketCounts":[1,2]}}]}},
      {"name":"q","summary":{"dataPoints":[{"count":1,"quantileValues":[{"quantile":0.5,"value":2}]}]}}]}]}]}
    """#

  private static let lines = #"""
    {"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[
      {"timeUnixNano":"5","observedTimeUnixNano":6,"severityNumber":"SEVERITY_NUMBER_WARN","severityText":"W",
       "body":{"stringValue":"a line"},"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"},
      {"body":{"kvlistValue":{"values":[{"key":"k","value":{"bytesValue":"AAEC"}}]}}}]}]}]}
    """#

  private static let zipkinSpans = #"""
    [{"traceId":"5b8efff798038103d269b633813fc60c","id":"eee19b7ec3c1b174","parentId":"1","kind":"CLIENT","name":"GET",
      "timestamp":1544712660000000,"duration":1000,"shared":false,"localEndpoint":{"serviceName":"a","ipv4":"10.0.0.1"},
      "remoteEndpoint":{"ipv6":"::1","port":80},"annotations":[{"timestamp":1,"value":"x"}],"tags":{"error":"","n":1}},
     {"traceId":"a","id":"b"}]
    """#

  /// One line as `gzip` and as zlib's deflate make it.
  private static let compressed = [
    "H4sIAAAAAAACA4uuViopSkxO9UxRslJKVNJRygQxkoCMvMTcVCAzPbVEqTYWALQaWCQnAAAA",
    "eNqLrlYqKUpMTvVMUbJSSlTSUcoEMZKAjLzE3FQgMz21RKk2FgDoVQt8",
  ].map { Array(Data(base64Encoded: $0) ?? Data()) }

  private static let headers = [
    "traceparent:00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01",
    "X-GTXID:5b8efff798038103d269b633813fc60c\nX-LTXID:3\n"
      + "traceparent:00-5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-01",
    "b3:5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-1-05e3ac9a4f6e3b90",
    "X-B3-TraceId:d269b633813fc60c\nX-B3-SpanId:eee19b7ec3c1b174\nX-B3-ParentSpanId:05e3ac9a4f6e3b90\n"
      + "X-B3-Sampled:1\nX-B3-Flags:0",
  ]
}
