import Foundation

/// Bodies compressed by hand, without a library.
enum GzipFixture {
  /// `bytes` in stored blocks, with a header and a checksum (RFC 1952, RFC 1951 3.2.4).
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255] + blocks(of: bytes) + littleEndian(checksum(bytes))
      + littleEndian(UInt32(bytes.count))
  }

  /// The same as zlib has it (RFC 1950), which HTTP calls deflate.
  static func deflated(_ bytes: [UInt8]) -> [UInt8] {
    var (one, other): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      one = (one + UInt32(byte)) % 65_521
      other = (other + one) % 65_521
    }
    return [0x78, 1] + blocks(of: bytes) + littleEndian(other << 16 | one).reversed()
  }

  private static func blocks(of bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(65535)
      rest = rest.dropFirst(65535)
      let length = UInt16(block.count)
      result += [rest.isEmpty ? 1 : 0]
      result += [UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
      result += block
    } while !rest.isEmpty
    return result
  }

  /// One span, as its sender wrote it and as `gzip -9` and zlib's deflate make it.
  static let plainSpan = "[{\"traceId\":\"a\",\"id\":\"b\",\"name\":\"get\"}]"
  static let span = bytes("H4sIAAAAAAACA4uuViopSkxO9UxRslJKVNJRygQxkoCMvMTcVCAzPbVEqTYWALQaWCQnAAAA")
  static let deflatedSpan = bytes("eNqLrlYqKUpMTvVMUbJSSlTSUcoEMZKAjLzE3FQgMz21RKk2FgDoVQt8")

  /// 100,000 blanks and an empty array in 137 bytes.
  static let bomb =
    bytes("H4sIAAAAAAACA+3BQREAAAwCoCr28uxfYzX2ABI=") + [UInt8](repeating: 0, count: 96)
    + bytes("4KvuAKPZ25CihgEA")

  private static func bytes(_ text: String) -> [UInt8] {
    Array(Data(base64Encoded: text) ?? Data())
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
  }

  /// CRC-32 as in RFC 1952, 8.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~crc
  }
}
