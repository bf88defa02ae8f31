internal import Concurrency
internal import HTTPTypes
internal import NIOCore

/// Decodes gathered bodies, one at a time: however many senders there are, one thread at most is busy with them and one
/// decoded body at most is in memory.
actor HTTPBodyIntake {
  private let limit: Int

  /// - Parameter limit: bytes of one body after decompression.
  init(limit: Int) {
    self.limit = limit
  }

  /// Hands on all that `body` holds, or none of it and says why.
  ///
  /// - Parameter encoding: lower case; nil for a plain body.
  func take(_ body: ByteBuffer, encoding: String?, type: String?, by route: any HTTPRoute) throws(Refusal)
    -> ReceiverAnswer
  {
    try route.counter.timing { () throws(Refusal) in
      try takeNow(body, encoding: encoding, type: type, by: route)
    }
  }

  private func takeNow(_ body: ByteBuffer, encoding: String?, type: String?, by route: any HTTPRoute) throws(Refusal)
    -> ReceiverAnswer
  {
    guard let encoding, body.readableBytes > 0 else { return try route.take(Array(body.readableBytesView), type: type) }
    let plain: [UInt8]
    do {
      plain = try BodyDecompression.inflate(Array(body.readableBytesView), limit: limit)
    } catch {
      switch error {
      case .tooLarge: throw .tooLarge(limit: limit, subject: route.subject)
      case .malformed:
        throw Refusal(
          .badRequest, .malformedCompression,
          "the body does not decompress: \(Self.fault(of: body, encoding: encoding))")
      }
    }
    return try route.take(plain, type: type)
  }

  private static func fault(of body: ByteBuffer, encoding: String) -> String {
    guard encoding == "deflate" else { return "it is not whole gzip" }
    return BodyDecompression.hasHead(body.readableBytesView)
      ? "it is not whole" : "deflate begins as zlib does (RFC 1950), and this is raw deflate, or something else"
  }
}

extension Refusal {
  static func tooLarge(limit: Int, subject: String) -> Refusal {
    let size = ReceiverSettings.text(bytes: limit)
    return Refusal(.contentTooLarge, .tooLarge, "the body is over \(size): send fewer \(subject) at a time")
  }
}
