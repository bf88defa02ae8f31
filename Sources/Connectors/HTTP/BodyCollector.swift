internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// Gathers request bodies, each up to a limit, and all that wait together up to a bound.
final class BodyCollector: Sendable {
  enum Outcome {
    case whole(ByteBuffer)
    /// The body is longer than the limit. The rest was not read.
    case tooLarge
    /// Together with those of other requests it would be more than the bound. The rest was not read.
    case overloaded
    /// The connection ended before all of it had come.
    case interrupted
    /// It did not come whole in time.
    case slow
    /// What came is not HTTP.
    case malformed(HTTPParserError)
  }

  private let limit: Int
  private let waiting: WaitingBytes

  /// - Parameters:
  ///   - limit: bytes of one body.
  ///   - bound: bytes of all bodies that have been gathered and not yet released.
  init(limit: Int, bound: Int) {
    self.limit = limit
    waiting = WaitingBytes(bound: bound)
  }

  /// Runs `use` with the outcome, and counts the body's bytes as waiting until it returns.
  ///
  /// - Parameters:
  ///   - announced: the length the sender announced, if any.
  ///   - arrived: told the length of each part that comes.
  func collect<Result>(
    _ body: RequestBody, announced: Int?, arrived: (Int) -> Void, use: (Outcome) async -> Result
  ) async throws -> Result {
    if let announced, announced > limit { return await use(.tooLarge) }
    var held = 0
    defer { waiting.release(held) }
    var whole = ByteBuffer()
    do {
      for try await part in body {
        arrived(part.readableBytes)
        guard part.readableBytes <= limit - whole.readableBytes else { return await use(.tooLarge) }
        guard waiting.reserve(part.readableBytes) else { return await use(.overloaded) }
        held += part.readableBytes
        whole.writeImmutableBuffer(part)
      }
    } catch is RequestGuard.TooSlow {
      return await use(.slow)
    } catch HTTPParserError.invalidEOFState {
      return await use(.interrupted)
    } catch let error as HTTPParserError {
      return await use(.malformed(error))
    }
    // The end of the receiver ends the sequence as if the body were complete.
    if Task.isCancelled || whole.readableBytes < announced ?? 0 { return await use(.interrupted) }
    return await use(.whole(whole))
  }
}
