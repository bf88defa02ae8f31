import TestSupport
import Testing

@testable import Platform

@Suite struct DatabaseServerTests {
  @Test func onesOwnPoolAndTheServerRunOutApart() {
    var server = DatabaseServer(name: "shared", maximumConnections: 3)
    server.setPool("order", size: 2, queueLimit: 1)
    server.setPool("item", size: 2, queueLimit: 1)
    let order = (0..<4).map { _ in server.acquire("order", now: epoch) }
    #expect(order == [.opened, .opened, .queued(ticket: 1), .poolExhausted])
    let item = (0..<3).map { _ in server.acquire("item", now: epoch) }
    #expect(item == [.opened, .tooManyConnections, .tooManyConnections])
    let snapshot = server.snapshot
    #expect(snapshot.open == 3)
    #expect(snapshot.refused == 2)
    #expect(snapshot.pools[0].figures.exhausted == 1)
    #expect(snapshot.pools[0].figures.waited == 1)
    #expect(snapshot.pools[0].figures.tooManyConnections == 0)
    #expect(snapshot.pools[1].figures.tooManyConnections == 2)
  }

  @Test func whoHasWaitedLongestIsNext() {
    var server = DatabaseServer(name: "db")
    server.setPool("order", size: 1)
    let grants = (0..<4).map { _ in server.acquire("order", now: epoch) }
    #expect(grants == [.opened, .queued(ticket: 1), .queued(ticket: 2), .queued(ticket: 3)])
    let gaveUp = server.giveUp(1, in: "order")
    #expect(gaveUp)
    var next = server.release("order", now: epoch)
    #expect(next == 2)
    let late = server.giveUp(2, in: "order")
    #expect(!late, "it has been served")
    next = server.release("order", now: epoch)
    #expect(next == 3)
    next = server.release("order", now: epoch)
    #expect(next == nil)
    let again = server.acquire("order", now: epoch)
    #expect(again == .reused)
    #expect(server.snapshot.pools[0].figures.timedOut == 1)
  }

  @Test func idleConnectionsOfOthersHoldThePlacesUntilTheyAreClosed() {
    var server = DatabaseServer(name: "shared", maximumConnections: 1)
    server.setPool("order", size: 1)
    server.setPool("item", size: 1)
    _ = server.acquire("order", now: epoch)
    _ = server.release("order", now: epoch)
    var grant = server.acquire("item", now: epoch)
    #expect(grant == .tooManyConnections)
    let early = server.closeIdle(for: 10 * second, now: epoch + 10 * second - 1)
    #expect(early == 0)
    let closed = server.closeIdle(for: 10 * second, now: epoch + 10 * second)
    #expect(closed == 1)
    grant = server.acquire("item", now: epoch)
    #expect(grant == .opened)
  }

  @Test func aCrashGivesAllBackAndASmallerPoolCloses() {
    var server = DatabaseServer(name: "db")
    server.setPool("order", size: 2)
    for _ in 0..<3 { _ = server.acquire("order", now: epoch) }
    let waiting = server.disconnect("order")
    #expect(waiting == [1])
    #expect(server.openConnections == 0)
    server.setPool("order", size: 0)
    let grant = server.acquire("order", now: epoch)
    #expect(grant == .queued(ticket: 2), "pool=0")
  }

  @Test(arguments: UInt64(1)...25) func neverMoreThanThePoolsAndTheServerHold(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let maximum = 1 + random.below(10)
    var server = DatabaseServer(name: "db", maximumConnections: maximum)
    let names = ["a", "b", "c"]
    let sizes = names.map { _ in 1 + random.below(5) }
    for (name, size) in zip(names, sizes) { server.setPool(name, size: size, queueLimit: 3) }
    var held = [0, 0, 0]
    var waiting: [[Int]] = [[], [], []]
    for step in 0..<400 {
      let pool = random.below(3)
      switch random.below(10) {
      case 0..<5:
        switch server.acquire(names[pool], now: epoch) {
        case .opened, .reused: held[pool] += 1
        case .queued(let ticket): waiting[pool].append(ticket)
        case .poolExhausted: #expect(waiting[pool].count == 3, "seed \(seed), step \(step)")
        case .tooManyConnections:
          #expect(server.openConnections == maximum && held[pool] < sizes[pool], "seed \(seed), step \(step)")
        }
      case 5..<9:
        guard held[pool] > 0 else { continue }
        if let ticket = server.release(names[pool], now: epoch) {
          #expect(ticket == waiting[pool].removeFirst(), "seed \(seed), step \(step)")
        } else {
          held[pool] -= 1
        }
      default: _ = server.closeIdle(for: 0, now: epoch)
      }
      #expect(server.openConnections <= maximum, "seed \(seed), step \(step)")
      #expect(server.snapshot.pools.map(\.inUse) == held, "seed \(seed), step \(step)")
      #expect(zip(held, sizes).allSatisfy { $0 <= $1 }, "seed \(seed), step \(step)")
    }
  }
}
