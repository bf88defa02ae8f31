import TestSupport
import Testing

@testable import Platform

@Suite struct ConfigurationServerTests {
  private func server() throws -> ConfigurationServer<[Int]> {
    try ConfigurationServer(
      initial: [1, 2], historyLimit: 4, now: epoch,
      validate: { $0.allSatisfy { $0 > 0 } ? [] : ["pool is \($0.min() ?? 0), it must be 1 or more"] },
      describe: { $0.enumerated().map { ConfigurationEntry("pool.\($0.offset)", "\($0.element)") } })
  }

  @Test func whatIsInvalidIsRefusedWithASentence() throws {
    var server = try server()
    #expect(throws: ConfigurationError.invalid(["pool is 0, it must be 1 or more"])) {
      try server.publish([1, 0], author: "ops", now: epoch)
    }
    #expect(server.current.number == 1)
    #expect(server.snapshot.refusals == 1)
    #expect("\(ConfigurationError.invalid(["pool is 0"]))".contains("pool is 0"))
  }

  @Test func versionsDifferAndRollBack() throws {
    var server = try server()
    #expect(try server.publish([1, 5, 7], author: "ops", now: epoch + 1) == 2)
    #expect(
      try server.difference(from: 1, to: 2) == [
        .changed(key: "pool.1", from: "2", to: "5"), .added(key: "pool.2", value: "7"),
      ])
    #expect(try server.difference(from: 2, to: 1).last == .removed(key: "pool.2", value: "7"))
    #expect(try server.rollBack(to: 1, author: "ops", now: epoch + 2) == 3)
    #expect(server.current.value == [1, 2])
    #expect(server.current.rolledBackTo == 1)
    #expect(try server.difference(from: 1, to: 3).isEmpty)
    #expect(throws: ConfigurationError.outdated(based: 2, current: 3)) {
      try server.publish([9], author: "late", basedOn: 2, now: epoch)
    }
    for _ in 1...3 { try server.publish([4], author: "ops", basedOn: nil, now: epoch) }
    #expect(server.versions.map(\.number) == [3, 4, 5, 6])
    #expect(throws: ConfigurationError.unknownVersion(1, kept: 3...6)) { try server.version(1) }
  }

  @Test func eachInstanceSaysWhichVersionItRuns() throws {
    var server = try server()
    server.subscribe("order-1")
    server.subscribe("order-2", running: 1)
    var due = server.pending(now: epoch)
    #expect(due == ["order-1"])
    server.acknowledge("order-1", version: 1, now: epoch + 1)
    #expect(server.snapshot.upToDate == 2)
    try server.publish([3], author: "ops", now: epoch + 2)
    due = server.pending(now: epoch + 2)
    #expect(due == ["order-1", "order-2"])
    due = server.pending(now: epoch + 3)
    #expect(due.isEmpty)
    server.acknowledge("order-2", version: 2, now: epoch + 4)
    server.acknowledge("order-2", version: 1, now: epoch + 5)
    due = server.pending(now: epoch + 2 + 5 * second)
    #expect(due == ["order-1"], "who gave no answer is asked again; a late answer takes nothing back")
    server.refuse("order-1", version: 2, problem: "no such pool")
    due = server.pending(now: epoch + 60 * second)
    #expect(due.isEmpty)
    #expect(server.snapshot.instances.map(\.running) == [1, 2])
    #expect(server.snapshot.instances.map(\.problem) == ["no such pool", nil])
    try server.rollBack(to: 1, author: "ops", now: epoch + 61 * second)
    due = server.pending(now: epoch + 61 * second)
    #expect(due == ["order-1", "order-2"])
    server.acknowledge("order-1", version: 3, now: epoch + 62 * second)
    #expect(server.snapshot.instances[0].problem == nil)
    server.unsubscribe("order-2")
    #expect(server.snapshot.upToDate == 1)
  }
}
