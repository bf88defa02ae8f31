import NIOCore
import Testing

@testable import Connectors

@Suite struct BodyDecompressionTests {
  private func inflate(_ bytes: [UInt8], limit: Int = 1_000_000) throws(BodyDecompression.Failure) -> [UInt8] {
    try BodyDecompression.inflate(ByteBuffer(bytes: bytes), limit: limit)
  }

  @Test func gzipAndDeflate() throws {
    #expect(try inflate(GzipFixture.span) == Array(GzipFixture.plainSpan.utf8))
    #expect(try inflate(GzipFixture.deflatedSpan) == Array(GzipFixture.plainSpan.utf8))
    #expect(try inflate(GzipFixture.stored([])) == [])
  }

  @Test func aLongBodyInManySlices() throws {
    var random = SplitMix(seed: 1)
    let body = (0..<300_000).map { _ in UInt8(random.below(256)) }
    #expect(try inflate(GzipFixture.stored(body)) == body)
    #expect(try inflate(GzipFixture.bomb).count == 100_002)
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
