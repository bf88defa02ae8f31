internal import Concurrency
package import NIOCore

/// The connections of a receiver that are open. Where there is one too many, one is closed: of those that never brought a
/// whole request the oldest, or else the one whose last request is longest ago. Who sends nothing, or never comes to an end,
/// keeps nobody out. Safe from any thread.
package final class OpenConnections: Sendable {
  private struct Connection {
    var channel: any Channel
    var opened = NIODeadline.now()
    /// When its last request had come; nil while none has.
    var lastWhole: NIODeadline?
    /// Whole requests that are not answered.
    var unanswered = 0

    /// The least is closed first.
    var rank: (Int, NIODeadline) { (lastWhole == nil ? 0 : 1, lastWhole ?? opened) }
  }

  private let limit: Int
  private let open = Locked<[ObjectIdentifier: Connection]>([:])

  package init(limit: Int) {
    self.limit = limit
  }

  /// Counts `channel` until it is closed, and closes another one for it if need be. False where there still is one too many,
  /// because requests of all others are being answered.
  @discardableResult
  package func opened(_ channel: any Channel) -> Bool {
    let id = ObjectIdentifier(channel)
    let (surplus, hasRoom) = open.withLock { open -> ((any Channel)?, Bool) in
      let surplus = (open.count >= limit ? Self.surplus(open) : nil).flatMap { open.removeValue(forKey: $0) }
      open[id] = Connection(channel: channel)
      return (surplus?.channel, open.count <= limit)
    }
    surplus?.close(promise: nil)
    channel.closeFuture.whenComplete { [self] _ in open.withLock { _ = $0.removeValue(forKey: id) } }
    return hasRoom
  }

  /// Nobody whose request is being answered.
  private static func surplus(_ open: [ObjectIdentifier: Connection]) -> ObjectIdentifier? {
    open.filter { $0.value.unanswered == 0 }.min { $0.value.rank < $1.value.rank }?.key
  }

  /// A request has come whole.
  package func received(on channel: any Channel) {
    open.withLock { open in
      open[ObjectIdentifier(channel)]?.lastWhole = .now()
      open[ObjectIdentifier(channel)]?.unanswered += 1
    }
  }

  /// A request that had come whole was answered, or nobody waits for an answer any more.
  package func answered(on channel: any Channel) {
    open.withLock { $0[ObjectIdentifier(channel)]?.unanswered -= 1 }
  }
}
