import OTLPMessages
import SwiftProtobuf
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// Bytes as the specification puts them on the wire, written by hand: the generated code must read them so.
@Suite struct OTLPWireTests {
  private func field(_ number: Int, _ type: Int, _ bytes: [UInt8]) -> [UInt8] { varint(number << 3 | type) + bytes }

  private func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
  }

  private func message(_ number: Int, _ bytes: [UInt8]) -> [UInt8] { field(number, 2, varint(bytes.count) + bytes) }

  private func fixed(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  @Test func flagsAreFixed32InField16() throws {
    let span =
      message(1, Array(1...16)) + message(2, Array(1...8)) + field(7, 1, fixed(5)) + field(8, 1, fixed(9))
      + field(16, 5, [1, 3, 0, 0x80])
    let request: OTLP.TracesRequest = try OTLPProtobuf.read(message(1, message(2, message(2, span))))
    let spans = try OTLPSpans.read(request, receivedAt: 0).elements
    #expect(spans.map(\.flags) == [0x8000_0301])
    #expect(spans.map(\.duration) == [4])
  }

  @Test func aFieldThatNobodyKnowsIsPassedOver() throws {
    let span =
      message(1, Array(1...16)) + message(2, Array(1...8)) + message(99, [1, 2, 3]) + field(98, 0, [5])
      + message(5, Array("op".utf8))
    let request: OTLP.TracesRequest = try OTLPProtobuf.read(
      message(1, message(2, message(2, span))) + message(2000, []))
    #expect(try OTLPSpans.read(request, receivedAt: 0).elements.map(\.operation) == ["op"])
  }

  /// Of two the last one counts, and the first must be a text all the same.
  @Test(arguments: [[0x9F, 0xED], Array("first".utf8)] as [[UInt8]])
  func anAttributeThatIsNamedTwiceIsLookedAtTwice(first: [UInt8]) throws {
    let attribute = message(1, first) + message(1, Array("last".utf8)) + message(2, message(1, [0x61]))
    let span =
      message(1, Array(1...16)) + message(2, Array(1...8)) + field(7, 1, fixed(5)) + field(8, 1, fixed(9))
      + message(9, attribute)
    let body = message(1, message(2, message(2, span)))
    let careful: OTLP.TracesRequest? = try? OTLPProtobuf.read(body)
    #expect((careful == nil) == (first.count == 2))
    let spans = try careful.map { try OTLPSpans.read($0, receivedAt: 0).elements }
    #expect(OTLPWireSpans.read(body).map(\.spans) ?? spans == spans)
    if careful == nil { #expect(OTLPWireSpans.read(body) == nil) }
  }

  private func points(of metric: [UInt8]) throws -> [MetricPoint] {
    let named = message(1, Array("m".utf8)) + metric
    let request: OTLP.MetricsRequest = try OTLPProtobuf.read(message(1, message(2, message(2, named))))
    return OTLPMetrics.read(request, receivedAt: 0, limits: OTLPLimits(entries: 10, textBytes: 10)).elements
  }

  @Test func integersOfPointsAreSignedAndFixed() throws {
    let point = field(6, 1, fixed(UInt64(bitPattern: -3)))
    #expect(try points(of: message(5, message(1, point))).map(\.value) == [.gauge(.integer(-3))])
  }

  @Test func scaleAndOffsetZigzagAndCountsArePacked() throws {
    // −2 is 3, −7 is 13; 300 takes two bytes.
    let buckets = field(1, 0, [13]) + message(2, [0, 0xAC, 2])
    let point = field(4, 1, fixed(300)) + field(6, 0, [3]) + message(8, buckets)
    let value = try #require(try points(of: message(10, message(1, point))).first?.value)
    guard case .distribution(let distribution, .unknown) = value else {
      Issue.record("\(value)")
      return
    }
    #expect(distribution.count == 300)
    #expect(
      distribution.buckets
        == .exponential(
          scale: -2, zero: 0, zeroThreshold: 0, positive: .init(offset: -7, counts: [0, 300]), negative: .init()))
  }

  @Test func countsAndBoundsOfHistogramsArePackedFixed64() throws {
    let point =
      field(4, 1, fixed(3)) + message(6, fixed(1) + fixed(2)) + message(7, fixed((2.5).bitPattern))
      + field(5, 1, fixed((6.5).bitPattern))
    let value = try #require(try points(of: message(9, message(1, point))).first?.value)
    #expect(
      value
        == .distribution(
          MetricDistribution(count: 3, sum: 6.5, buckets: .explicit(bounds: [2.5], counts: [1, 2])), span: .unknown))
  }
}
