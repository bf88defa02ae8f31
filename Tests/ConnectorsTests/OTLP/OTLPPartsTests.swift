import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing

@testable import Connectors

/// Messages are counted on the bytes of a request, before any of them is made.
struct OTLPPartsTests {
  private func number<Request: Message>(_ request: Request) throws -> Int {
    OTLPParts.number(in: try request.serializedBytes(), of: Request.self)
  }

  private static let attribute = OTLPFixture.text("key", "value")

  @Test func allThatATraceHoldsIsCounted() throws {
    let span = OTLPFixture.span {
      $0.attributes = [Self.attribute, Self.attribute]
      $0.events = [.with { $0.attributes = [Self.attribute] }]
      $0.links = [.with { $0.attributes = [Self.attribute] }]
      $0.status.code = .error
    }
    // Group, resource, its attribute with a value, scope group; of each span itself, four attributes with values, event,
    // link, status.
    #expect(try number(OTLPFixture.request([])) == 5)
    #expect(try number(OTLPFixture.request([span])) == 5 + 12)
    #expect(try number(OTLPFixture.request([span, span])) == 5 + 24)
  }

  @Test func valuesWithinValuesAreCounted() throws {
    let list = OTLP.Value.with { value in
      value.arrayValue.values = [
        .with { $0.intValue = 1 },
        .with { $0.kvlistValue.values = [Self.attribute, Self.attribute] },
      ]
    }
    let record = OTLP.LogRecord.with {
      $0.body = list
      $0.attributes = [.with { $0.key = "k" }]
    }
    // Body, list, its two values, pairs with two attributes and their values; an attribute without one.
    #expect(try number(OTLPFixture.logs([record])) - number(OTLPFixture.logs([])) == 1 + 1 + 1 + 2 + 1 + 4 + 1)
  }

  @Test func pointsOfEveryKindAreCounted() throws {
    let gauge = OTLP.Metric.with {
      $0.gauge.dataPoints = [.with { $0.attributes = [Self.attribute] }, .with { $0.exemplars = [.init()] }]
    }
    let sum = OTLP.Metric.with { $0.sum.dataPoints = [.with { $0.asInt = 1 }] }
    let histogram = OTLP.Metric.with {
      $0.histogram.dataPoints = [
        .with {
          $0.attributes = [Self.attribute]
          $0.bucketCounts = [1, 2, 3]
        }
      ]
    }
    let exponential = OTLP.Metric.with {
      $0.exponentialHistogram.dataPoints = [
        .with {
          $0.attributes = [Self.attribute]
          $0.positive.bucketCounts = [1]
        }
      ]
    }
    let summary = OTLP.Metric.with {
      $0.summary.dataPoints = [
        .with {
          $0.attributes = [Self.attribute]
          $0.quantileValues = [.init(), .init()]
        }
      ]
    }
    let empty = try number(OTLPFixture.metrics([]))
    let counts = try [gauge, sum, histogram, exponential, summary].map { try number(OTLPFixture.metrics([$0])) - empty }
    #expect(counts == [7, 3, 5, 6, 7])
  }

  /// A field with the bytes of a message inside.
  static func wrapped(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    var (rest, length) = (bytes.count, [UInt8]())
    repeat {
      length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
      rest >>= 7
    } while rest > 0
    return [field << 3 | 2] + length + bytes
  }

  /// Two bytes each.
  static func empty(_ count: Int, field: UInt8) -> [UInt8] {
    Array(repeatElement([field << 3 | 2, 0], count: count).joined())
  }

  @Test(arguments: [false, true]) func moreThanIsReadAtOnceIsRefusedBeforeItIsRead(isOver: Bool) throws {
    let count = isOver ? OTLPParts.most : OTLPParts.most / 50
    let spans = Self.wrapped(1, Self.wrapped(2, Self.empty(count, field: 2)))
    let attributes = Self.wrapped(1, Self.wrapped(2, Self.wrapped(2, Self.empty(count, field: 9))))
    let pairs = Self.wrapped(1, Self.wrapped(1, Self.empty(count, field: 1)))
    let json = Array(
      "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[\(repeatElement("{}", count: count).joined(separator: ","))]}]}]}"
        .utf8)
    func refusal(_ read: () throws(OTLPFault) -> Void) -> OTLPFault? {
      do throws(OTLPFault) {
        try read()
        return nil
      } catch { return error }
    }
    let refusals = [
      refusal { () throws(OTLPFault) in _ = try OTLPProtobuf.read(spans) as OTLP.TracesRequest },
      refusal { () throws(OTLPFault) in _ = try OTLPProtobuf.read(spans) as OTLP.LogsRequest },
      refusal { () throws(OTLPFault) in _ = try OTLPProtobuf.read(spans) as OTLP.MetricsRequest },
      refusal { () throws(OTLPFault) in _ = try OTLPProtobuf.read(attributes) as OTLP.TracesRequest },
      refusal { () throws(OTLPFault) in _ = try OTLPProtobuf.read(pairs) as OTLP.MetricsRequest },
      refusal { () throws(OTLPFault) in try OTLPParts.check(json: json) },
    ]
    for refusal in refusals {
      #expect((refusal != nil) == isOver && refusal?.isTooLarge ?? true && refusal?.isMalformed != true)
    }
    let words = "the body holds more than 1000000 messages, one in the other: send fewer at a time"
    #expect(refusals.compactMap(\.?.description) == (isOver ? Array(repeating: words, count: 6) : []))
  }

  /// What is cut off, or cannot be walked over, counts as if it held nothing but messages: two bytes each, and no more.
  @Test func brokenBytesCountAsWhatTheyCouldBe() throws {
    let whole: [UInt8] = try OTLPFixture.request([OTLPFixture.span(), OTLPFixture.span(2)]).serializedBytes()
    for end in whole.indices {
      #expect(OTLPParts.number(in: Array(whole[..<end]), of: OTLP.TracesRequest.self) <= end / 2)
    }
    for byte in UInt8.min...UInt8.max {
      #expect(OTLPParts.number(in: [byte, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, byte], of: OTLP.TracesRequest.self) <= 3)
    }
    // A group that nobody knows, which the generated code passes over.
    let group: [UInt8] = [0xA3, 0x06, 0xA4, 0x06]
    #expect(OTLPParts.number(in: group + Self.empty(1_000, field: 1), of: OTLP.LogsRequest.self) >= 1_000)
  }

  /// Numbers that take a byte each, and eight once they are read.
  @Test func longRunsOfNumbersCount() throws {
    let point = OTLP.Metric.with {
      $0.exponentialHistogram.dataPoints = [.with { $0.positive.bucketCounts = Array(repeating: 1, count: 4_000) }]
    }
    let empty = try number(OTLPFixture.metrics([]))
    #expect(try number(OTLPFixture.metrics([point])) - empty > 1_000)
  }
}
