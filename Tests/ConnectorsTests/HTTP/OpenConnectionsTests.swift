import Concurrency
import Connectors
import NIOCore
import NIOEmbedded
import Testing

@Suite struct OpenConnectionsTests {
  private struct Connection {
    let channel = EmbeddedChannel()
    private let closed = Locked(false)

    init() {
      channel.closeFuture.whenComplete { [closed] _ in closed.withLock { $0 = true } }
    }

    var isClosed: Bool {
      channel.embeddedEventLoop.run()
      return closed.withLock { $0 }
    }
  }

  @Test func theOldestSilentOneMakesRoom() {
    let open = OpenConnections(limit: 2)
    let connections = (0..<4).map { _ in Connection() }
    for connection in connections { #expect(open.opened(connection.channel)) }
    #expect(connections.map(\.isClosed) == [true, true, false, false])
  }

  @Test func whoSentAWholeRequestStaysLongerThanWhoDidNot() {
    let open = OpenConnections(limit: 3)
    let (first, second, silent) = (Connection(), Connection(), Connection())
    for connection in [first, second, silent] { open.opened(connection.channel) }
    // The one that was opened first sent the last request.
    for connection in [second, first] {
      open.received(on: connection.channel)
      open.answered(on: connection.channel)
    }
    let new = (0..<2).map { _ in Connection() }
    #expect(open.opened(new[0].channel))
    #expect(silent.isClosed && !first.isClosed && !second.isClosed)
    open.received(on: new[0].channel)
    open.answered(on: new[0].channel)
    #expect(open.opened(new[1].channel))
    #expect(second.isClosed && !first.isClosed && !new[0].isClosed)
  }

  @Test func whoWaitsForAnAnswerIsNotClosed() {
    let open = OpenConnections(limit: 2)
    let (first, second) = (Connection(), Connection())
    for connection in [first, second] {
      #expect(open.opened(connection.channel))
      open.received(on: connection.channel)
    }
    let tooMany = Connection()
    #expect(!open.opened(tooMany.channel), "there is no room")
    #expect(!first.isClosed && !second.isClosed && !tooMany.isClosed)
    tooMany.channel.close(promise: nil)
    #expect(tooMany.isClosed)
    open.answered(on: second.channel)
    #expect(open.opened(Connection().channel))
    #expect(!first.isClosed && second.isClosed)
  }

  /// Those that were closed by anybody do not count any more.
  @Test func aClosedOneLeavesRoom() {
    let open = OpenConnections(limit: 1)
    for _ in 0..<3 {
      let connection = Connection()
      #expect(open.opened(connection.channel))
      open.received(on: connection.channel)
      connection.channel.close(promise: nil)
      #expect(connection.isClosed)
    }
  }
}
