internal import Concurrency
internal import HTTPTypes
internal import NIOCore
internal import TraceModel

/// Decodes gathered bodies, one at a time: however many senders there are, one thread at most is busy with them and one
/// decoded body at most is in memory.
actor ZipkinIntake {
  private let limit: Int
  private let now: @Sendable () -> Int64
  private let sink: @Sendable ([TraceSpan]) -> Void
  private let counter: Locked<ReceiverCounts>

  init(
    limit: Int, now: @escaping @Sendable () -> Int64, sink: @escaping @Sendable ([TraceSpan]) -> Void,
    counter: Locked<ReceiverCounts>
  ) {
    self.limit = limit
    self.now = now
    self.sink = sink
    self.counter = counter
  }

  /// Hands on all spans of `body`, or none and says why.
  func take(_ body: ByteBuffer, isCompressed: Bool) -> ReceiverAnswer {
    let plain: [UInt8]
    if isCompressed, body.readableBytes > 0 {
      do {
        plain = try BodyDecompression.inflate(body, limit: limit)
      } catch {
        switch error {
        case .tooLarge: return tooLarge
        case .malformed:
          return .rejected(.badRequest, .malformedCompression, "the body does not decompress: it is not whole gzip")
        }
      }
    } else {
      plain = Array(body.readableBytesView)
    }
    do {
      let spans = try ZipkinDecoder.decode(plain, receivedAt: now())
      if !spans.isEmpty { sink(spans) }
      counter.withLock { $0.accept(spans: spans.count) }
      return ReceiverAnswer(status: .accepted)
    } catch {
      switch error {
      case .malformedBody: return .rejected(.badRequest, .malformedBody, error.description)
      case .invalidSpan: return .rejected(.badRequest, .invalidSpan, error.description)
      }
    }
  }

  nonisolated var tooLarge: ReceiverAnswer {
    let size = limit % 1_048_576 == 0 ? "\(limit / 1_048_576) MiB" : "\(limit) bytes"
    return .rejected(.contentTooLarge, .tooLarge, "the body is over \(size): send fewer spans at a time")
  }
}
