internal import Concurrency
internal import NIOCore

/// The connections of a receiver that are open. Where there is one too many, that one is closed over which no whole request
/// has come for longest: who sends nothing, or never comes to an end, keeps nobody out. Safe from any thread.
final class HTTPConnections: Sendable {
  private struct Connection {
    var channel: any Channel
    /// When its last request had come, or when it was opened.
    var lastWhole = NIODeadline.now()
  }

  private let limit: Int
  private let open = Locked<[ObjectIdentifier: Connection]>([:])

  init(limit: Int) {
    self.limit = limit
  }

  func opened(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    channel.closeFuture.whenComplete { [self] _ in open.withLock { _ = $0.removeValue(forKey: id) } }
    let oldest = open.withLock { open -> (any Channel)? in
      let others = open
      open[id] = Connection(channel: channel)
      guard open.count > limit, let oldest = others.min(by: { $0.value.lastWhole < $1.value.lastWhole }) else {
        return nil
      }
      open[oldest.key] = nil
      return oldest.value.channel
    }
    oldest?.close(promise: nil)
  }

  func received(on channel: any Channel) {
    open.withLock { $0[ObjectIdentifier(channel)]?.lastWhole = .now() }
  }
}
