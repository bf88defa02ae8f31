import TestSupport
import Testing

@testable import Connectors

@Suite struct BodyDecompressionTests {
  private func inflate(_ bytes: [UInt8], limit: Int = 1_000_000) throws(BodyDecompression.Failure) -> [UInt8] {
    try BodyDecompression.inflate(bytes, limit: limit)
  }

  @Test func gzipAndDeflate() throws {
    #expect(try inflate(GzipFixture.span) == Array(GzipFixture.plainSpan.utf8))
    #expect(try inflate(GzipFixture.deflatedSpan) == Array(GzipFixture.plainSpan.utf8))
    #expect(try inflate(GzipFixture.stored([])) == [])
  }

  @Test func aLongBodyInManySlices() throws {
    var random = SeededGenerator(seed: 1)
    let body = (0..<300_000).map { _ in UInt8(random.below(256)) }
    #expect(try inflate(GzipFixture.stored(body)) == body)
    #expect(try inflate(GzipFixture.bomb).count == 100_002)
  }

  /// As `cat a.gz b.gz` makes them (RFC 1952, 2.2).
  @Test func oneGzipAfterTheOther() throws {
    let plain = Array(GzipFixture.plainSpan.utf8)
    #expect(try inflate(GzipFixture.span + GzipFixture.stored([]) + GzipFixture.span) == plain + plain)
    let large = [UInt8](repeating: 7, count: 70_000)
    #expect(
      try inflate(GzipFixture.stored(large) + GzipFixture.stored(large) + GzipFixture.span) == large + large + plain)
    // The limit is on all of them together.
    #expect(try inflate(GzipFixture.span + GzipFixture.span, limit: plain.count * 2) == plain + plain)
    #expect(throws: BodyDecompression.Failure.tooLarge) {
      try inflate(GzipFixture.span + GzipFixture.span, limit: plain.count * 2 - 1)
    }
    for rest in [Array(GzipFixture.span.dropLast()), [0x1F, 0x8B], GzipFixture.deflatedSpan, Array("{}".utf8)] {
      #expect(throws: BodyDecompression.Failure.malformed) { try inflate(GzipFixture.span + rest) }
    }
    // zlib's deflate is alone.
    for rest in [GzipFixture.deflatedSpan, GzipFixture.span] {
      #expect(throws: BodyDecompression.Failure.malformed) { try inflate(GzipFixture.deflatedSpan + rest) }
    }
  }

  @Test func theLimitIsOnWhatComesOut() throws {
    #expect(try inflate(GzipFixture.bomb, limit: 100_002).count == 100_002)
    #expect(throws: BodyDecompression.Failure.tooLarge) { try inflate(GzipFixture.bomb, limit: 100_001) }
    #expect(throws: BodyDecompression.Failure.tooLarge) { try inflate(GzipFixture.bomb, limit: 0) }
  }

  /// Inflating on would meet the damage.
  @Test func beyondTheLimitNothingIsInflated() throws {
    var damaged = GzipFixture.bomb
    damaged[damaged.count - 8] ^= 0xFF
    #expect(throws: BodyDecompression.Failure.malformed) { try inflate(damaged) }
    #expect(throws: BodyDecompression.Failure.tooLarge) { try inflate(damaged, limit: 1000) }
  }

  @Test func whatIsNotWholeGzipIsRefused() {
    let whole = GzipFixture.span
    for length in 0..<whole.count {
      #expect(throws: BodyDecompression.Failure.malformed, "\(length)") { try inflate(Array(whole.prefix(length))) }
    }
    #expect(throws: BodyDecompression.Failure.malformed) { try inflate(Array("[]".utf8)) }
    #expect(throws: BodyDecompression.Failure.malformed) { try inflate(whole + [0]) }
    var damaged = whole
    damaged[20] ^= 0xFF
    #expect(throws: BodyDecompression.Failure.malformed) { try inflate(damaged) }
  }
}
