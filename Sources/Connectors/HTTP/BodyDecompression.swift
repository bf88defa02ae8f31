internal import CZlib

/// Undoes gzip and zlib's deflate, with a bound on what comes out.
///
/// One gzip may follow another, as `cat a.gz b.gz` makes them (RFC 1952, 2.2): what comes out is one after the other.
enum BodyDecompression {
  enum Failure: Error, Equatable {
    /// More than `limit` bytes come out.
    case tooLarge
    /// It is not gzip or deflate, is cut short, or something else follows it.
    case malformed
  }

  /// What `body` was before it was compressed.
  static func inflate(_ body: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    let result = body.withUnsafeBytes { bytes in Result { () throws(Failure) in try inflate(bytes, limit: limit) } }
    return try result.get()
  }

  private static func inflate(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(Failure) -> [UInt8] {
    let inflater = try Inflater(limit: limit)
    var rest = bytes[...]
    repeat {
      let used = try inflater.stream(UnsafeRawBufferPointer(rebasing: rest))
      rest = rest.dropFirst(used)
      // Only gzip says what follows it.
      guard rest.isEmpty || isGzip(rest) && isGzip(bytes[...]) else { throw .malformed }
    } while !rest.isEmpty
    return inflater.inflated
  }

  /// Whether `bytes` begin as gzip or as zlib's deflate (RFC 1950, 2.2).
  static func hasHead(_ bytes: some Collection<UInt8>) -> Bool {
    let head = Array(bytes.prefix(2))
    guard head.count == 2 else { return false }
    return head == [0x1F, 0x8B] || head[0] & 0x0F == 8 && (UInt16(head[0]) << 8 | UInt16(head[1])) % 31 == 0
  }

  private static func isGzip(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }
}

/// Inflates one stream after the other into one run of bytes.
private final class Inflater {
  private(set) var inflated: [UInt8] = []
  private let limit: Int
  /// zlib keeps its address.
  private let state: UnsafeMutablePointer<z_stream>
  private let room: UnsafeMutableBufferPointer<UInt8>
  private var isFirst = true

  /// Bytes that come out at a time; and the most that goes in, which zlib counts with 32 bits.
  private static let roomSize = 65_536
  private static let slice = 1 << 30

  init(limit: Int) throws(BodyDecompression.Failure) {
    self.limit = limit
    state = .allocate(capacity: 1)
    state.initialize(to: z_stream())
    room = .allocate(capacity: Self.roomSize)
    guard czlib_begin(state) == Z_OK else { throw .malformed }
  }

  deinit {
    inflateEnd(state)
    state.deallocate()
    room.deallocate()
  }

  /// Inflates the stream that `bytes` begin with, and says how many of them it is.
  func stream(_ bytes: UnsafeRawBufferPointer) throws(BodyDecompression.Failure) -> Int {
    if !isFirst, inflateReset(state) != Z_OK { throw .malformed }
    isFirst = false
    var used = 0
    while true {
      let part = UnsafeRawBufferPointer(rebasing: bytes[used..<min(bytes.count, used + Self.slice)])
      state.pointee.next_in = UnsafeMutablePointer(
        mutating: part.baseAddress?.assumingMemoryBound(to: UInt8.self))
      state.pointee.avail_in = UInt32(part.count)
      state.pointee.next_out = room.baseAddress
      state.pointee.avail_out = UInt32(room.count)
      let outcome = CZlib.inflate(state, Z_NO_FLUSH)
      let left = Int(state.pointee.avail_in)
      let made = room.count - Int(state.pointee.avail_out)
      guard made <= limit - inflated.count else { throw .tooLarge }
      inflated.append(contentsOf: room[..<made])
      used += part.count - left
      switch outcome {
      case Z_STREAM_END: return used
      // Nothing goes in and nothing comes out: it is cut short.
      case Z_OK where part.count > left || made > 0: continue
      default: throw .malformed
      }
    }
  }
}
