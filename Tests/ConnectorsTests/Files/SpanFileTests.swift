import Operations
import TestSupport
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// Files with spans in them: what they are is found out, and what is wrong is said with its place.
@Suite struct SpanFileTests {
  private static let trace = "5b8efff798038103d269b633813fc60c"

  private static func request(_ id: String, name: String = "op") -> String {
    #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"order"}}]},"#
      + #""scopeSpans":[{"spans":[{"traceId":"\#(trace)","spanId":"\#(id)","name":"\#(name)","#
      + #""startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000000001000"}]}]}]}"#
  }

  private static let zipkin = #"[{"traceId":"a","id":"b","timestamp":1700000000000000,"duration":3}]"#

  private static func read(_ text: String) throws(SpanFileError) -> SpanFile { try SpanFile.read(Array(text.utf8)) }

  @Test func whatAFileIsItsFirstBytesSay() throws {
    let lines =
      Self.request("00000000000000a1") + "\r\n\n" + #"{"resourceLogs":[]}"# + "\n" + Self.request("00000000000000a2")
    #expect(try Self.read(lines).spans.map(\.id.hex) == ["00000000000000a1", "00000000000000a2"])
    #expect(try Self.read("\n \(Self.zipkin)\n").spans.map(\.duration) == [3_000])
    #expect(try SpanFile.read(GzipFixture.stored(Array(lines.utf8))) == Self.read(lines))
    #expect(try SpanFile.read(GzipFixture.span).spans.map(\.operation) == ["get"])
    let pretty = Self.request("00000000000000a1").replacing(",", with: ",\n  ")
    #expect(try Self.read(pretty).spans.count == 1)
  }

  @Test(arguments: [
    ("", "is empty: it must be OTLP JSON lines"), (" \n", "is empty"),
    ("traceId,spanId", "has no spans in it that can be read: it must be OTLP JSON lines, which begin with {"),
    (#"{"resourceLogs":[]}"#, "holds no spans"), ("[]", "holds no spans"),
    (
      request("00000000000000a1") + "\n{\"resourceSpans\":[}",
      "line 2, column 19: this is not JSON: each line must be one"
    ),
    (
      request("00000000000000a1") + "\n\n" + request("xyz"),
      "line 3: resourceSpans[0].scopeSpans[0].spans[0].spanId: \"xyz\" must be 16 hexadecimal digits"
    ),
    ("[\n {\"traceId\":\"a\",}]", "line 2, column 17: this is not JSON: it must be one whole array of Zipkin v2 spans"),
    ("[{\"traceId\":\"a\",\"id\":\"b\"},\n{\"traceId\":\"a\",\"id\":\"\"}]", "line 2: span 1: id \"\" must be 1 to 16"),
    ("[[]]", "line 1: span 0 must be an object with traceId and id"),
  ])
  func whatIsWrongIsSaidWithItsPlace(text: String, expected: String) {
    do throws(SpanFileError) {
      let file = try Self.read(text)
      Issue.record("\(text) is read as \(file.spans.count) spans")
    } catch {
      #expect(error.description.hasPrefix(expected), "\(error)")
    }
  }

  /// Files that were put behind each other are one file.
  @Test func oneGzipAfterTheOtherIsRead() throws {
    let first = GzipFixture.stored(Array((Self.request("00000000000000a1") + "\n").utf8))
    let second = GzipFixture.stored(Array((Self.request("00000000000000a2") + "\n").utf8))
    #expect(try SpanFile.read(first + second).spans.map(\.id.value) == [0xA1, 0xA2])
  }

  @Test func damagedGzipIsNotRead() {
    let whole = GzipFixture.stored(Array(Self.zipkin.utf8))
    for bytes in [Array(whole.dropLast(9)), whole + [1], [0x1F, 0x8B]] {
      #expect(throws: SpanFileError(reason: "does not decompress: it must be whole gzip, with nothing else behind it"))
      {
        try SpanFile.read(bytes)
      }
    }
  }

  @Test func aSpanThatCannotBeKeptIsLeftOutAlone() throws {
    let file = try Self.read(Self.request("00000000000000a1") + "\n" + Self.request(""))
    #expect(file.spans.count == 1 && file.refused == 1)
    #expect(file.reason.hasPrefix("line 2, resourceSpans[0].scopeSpans[0].spans[0].spanId"), "\(file.reason)")
  }
}

/// A system out of what was recorded of it.
@Suite struct RecordedSystemTests {
  private static let epoch: Int64 = 1_700_000_000 * second

  /// A call a second, the last one ends half a second into its second.
  private static func recording(seconds: Int) -> [TraceSpan] {
    (0..<seconds).compactMap { number in
      guard let gtxid = GTXID(high: 1, low: UInt64(number) + 1), let id = SpanID(UInt64(number) + 1) else { return nil }
      return TraceSpan(
        gtxid: gtxid, id: id, kind: .server, service: "order", instance: "order-1", operation: "op",
        start: epoch + Int64(number) * second, duration: second / 2, status: number % 2 == 0 ? .error : .ok)
    }
  }

  @Test func itsTimeIsThatOfTheNewestSpan() {
    let system = AttachedSystem(name: "recorded", budget: 1 << 20, recorded: Self.recording(seconds: 40).reversed())
    let snapshot = system.snapshot()
    #expect(snapshot.time == Self.epoch + 40 * second && snapshot.system.isStill)
    #expect(snapshot.services.map(\.name) == ["order"])
    let rates = snapshot.traffic.rateSeries.suffix(40)
    #expect(abs(snapshot.traffic.rate - 1) < 0.01 && rates.allSatisfy { $0 == 1 }, "\(rates)")
    #expect(snapshot.transactions.count == 40 && snapshot.transactions.first?.gtxid.low == 40)
    #expect(system.spans(of: snapshot.transactions[0].gtxid).count == 1)
  }

  @Test func oneCanStepBackInIt() {
    let system = AttachedSystem(name: "recorded", budget: 1 << 20, recorded: Self.recording(seconds: 40))
    #expect(system.historyStart < Self.epoch + second)
    let past = system.snapshot(at: Self.epoch + 20 * second)
    #expect(past.time > Self.epoch + 10 * second && past.time <= Self.epoch + 20 * second)
    #expect((10...21).contains(past.transactions.count))
  }

  @Test func withoutSpansItIsEmpty() {
    #expect(AttachedSystem(name: "recorded", budget: 1 << 20, recorded: []).snapshot().transactions.isEmpty)
  }
}
