internal import NIOCore
internal import NIOEmbedded
internal import NIOHTTP1
internal import NIOHTTPCompression

/// Undoes gzip and zlib's deflate, with a bound on what comes out.
enum BodyDecompression {
  enum Failure: Error, Equatable {
    /// More than `limit` bytes come out.
    case tooLarge
    /// It is not gzip or deflate, is cut short, or something follows it.
    case malformed
  }

  /// Compressed bytes that are handed over at a time: what comes out at once stays a small multiple of it.
  private static let slice = 16 * 1024

  /// What `body` was before it was compressed.
  ///
  /// The only decompressor among our dependencies is a channel handler, whose errors would end a live connection
  /// before an answer is sent; so it stands in a channel of its own, which lives within this call.
  static func inflate(_ body: ByteBuffer, limit: Int) throws(Failure) -> [UInt8] {
    let channel = EmbeddedChannel(handler: NIOHTTPRequestDecompressor(limit: .size(limit)))
    defer { _ = try? channel.finish(acceptAlreadyClosed: true) }
    do {
      var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
      head.headers.add(name: "Content-Encoding", value: "gzip")
      try channel.writeInbound(HTTPServerRequestPart.head(head))
      var rest = body
      var inflated: [UInt8] = []
      while let part = rest.readSlice(length: min(Self.slice, rest.readableBytes)), part.readableBytes > 0 {
        try channel.writeInbound(HTTPServerRequestPart.body(part))
        try drain(channel, into: &inflated)
      }
      try channel.writeInbound(HTTPServerRequestPart.end(nil))
      try drain(channel, into: &inflated)
      return inflated
    } catch NIOHTTPDecompression.DecompressionError.limit {
      throw .tooLarge
    } catch {
      throw .malformed
    }
  }

  private static func drain(_ channel: EmbeddedChannel, into bytes: inout [UInt8]) throws {
    while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
      if case .body(let buffer) = part { bytes.append(contentsOf: buffer.readableBytesView) }
    }
  }
}
