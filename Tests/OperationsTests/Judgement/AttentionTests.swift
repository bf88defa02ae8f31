import Operations
import Testing
import TraceModel

@Suite struct AttentionTests {
  private static let second: Int64 = 1_000_000_000
  private static let now = 1_000 * second

  private func transaction(
    _ number: UInt64, _ state: TransactionState, ageInSeconds: Int64, reason: String = ""
  ) throws -> TransactionSummary {
    var summary = TransactionSummary(
      gtxid: try #require(GTXID(high: 1, low: number)), kind: "checkout", state: state,
      start: Self.now - ageInSeconds * Self.second, duration: Self.second)
    summary.firstError = reason
    summary.stuckReason = state == .stuck ? reason : ""
    return summary
  }

  private func attention(_ transactions: [TransactionSummary]) -> [AttentionItem] {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: Self.now)
    snapshot.transactions = transactions
    snapshot.judge()
    return snapshot.attention
  }

  @Test func stuckOnesComeFirstAndThoseThatAreAlikeStandTogether() throws {
    let items = attention([
      try transaction(1, .compensated, ageInSeconds: 4, reason: "breaker is OPEN"),
      try transaction(2, .committed, ageInSeconds: 4),
      try transaction(3, .compensated, ageInSeconds: 5, reason: "timed out"),
      try transaction(4, .compensated, ageInSeconds: 6, reason: "timed out"),
      try transaction(5, .stuck, ageInSeconds: 500, reason: "record dead-lettered: payment"),
    ])
    #expect(items.map(\.state) == [.stuck, .compensated, .compensated])
    #expect(items.map(\.reason) == ["record dead-lettered: payment", "timed out", "breaker is OPEN"])
    #expect(items.map(\.count) == [1, 2, 1])
    #expect(items[1].gtxid.low == 3, "the newest stands for all")
  }

  @Test func whatBusinessDecidedOrIsLongOverNeedsNobody() throws {
    var declined = try transaction(1, .compensated, ageInSeconds: 4, reason: "card declined")
    declined.isBusinessDecision = true
    let old = try transaction(2, .compensated, ageInSeconds: 100, reason: "timed out")
    #expect(attention([declined, old]).isEmpty)
  }

  /// Of a system that is only watched nobody says what was decided: what failed stays in sight for minutes.
  @Test func ofAWatchedSystemWhatFailedNeedsSomebody() throws {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "prod", kind: .attached), time: Self.now)
    snapshot.transactions = [
      try transaction(1, .ok, ageInSeconds: 2), try transaction(2, .error, ageInSeconds: 3, reason: "no stock"),
      try transaction(3, .error, ageInSeconds: 4, reason: "timed out"),
      try transaction(4, .error, ageInSeconds: 200, reason: "timed out"),
      try transaction(5, .error, ageInSeconds: 400, reason: "long ago"),
    ]
    for place in snapshot.transactions.indices { snapshot.transactions[place].isExternal = true }
    snapshot.judge()
    #expect(snapshot.attention.map(\.reason) == ["no stock", "timed out"], "newest first")
    #expect(snapshot.attention.map(\.count) == [1, 2] && snapshot.attention.allSatisfy { $0.state == .error })
    #expect(snapshot.attention.map(\.gtxid.low) == [2, 3])
  }

  /// Whoever adds up what is listed learns that it is not all.
  @Test(arguments: [(12, false, 0), (13, false, 1), (12, true, 12), (13, true, 12)])
  func reasonsThatAreNotListedAreToldOf(reasons: Int, moreHaveFailed: Bool, marks: Int) throws {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "prod", kind: .attached), time: Self.now)
    snapshot.moreHaveFailed = moreHaveFailed
    snapshot.transactions = try (1...reasons).map {
      try transaction(UInt64($0), .error, ageInSeconds: 3, reason: "reason \($0)")
    }
    snapshot.judge()
    #expect(snapshot.attention.map(\.reason) == (1...12).map { "reason \($0)" })
    #expect(snapshot.attention.filter(\.isAtLeast).count == marks)
    #expect(snapshot.attention.last?.isAtLeast == (marks > 0))
  }

  @Test func ofAShopToo() throws {
    let stuck = try (1...13).map { try transaction(UInt64($0), .stuck, ageInSeconds: 3, reason: "reason \($0)") }
    #expect(attention(Array(stuck.dropLast())).filter(\.isAtLeast).isEmpty)
    let items = attention(stuck)
    #expect(items.count == 12 && items.filter(\.isAtLeast).map(\.reason) == ["reason 12"])
    let failed = try (1...14).map { try transaction(UInt64($0), .failed, ageInSeconds: 3, reason: "reason \($0)") }
    #expect(attention(failed).filter(\.isAtLeast).map(\.reason) == ["reason 12"])
  }

  @Test func overdueOnesSayWhereTheyWaitAndAllAreCounted() throws {
    var snapshot = SystemSnapshot(system: SystemIdentity(name: "shop", kind: .simulated), time: Self.now)
    let id = try #require(GTXID(high: 1, low: 1))
    snapshot.overdue = [
      OverdueTransactions(
        state: .compensating, step: "payment", gtxid: id, start: Self.now - 30 * Self.second, count: 2),
      OverdueTransactions(
        state: .running, step: "payment", gtxid: id, start: Self.now - 20 * Self.second, count: 2_345),
    ]
    snapshot.judge()
    #expect(snapshot.attention.map(\.reason) == ["waits for payment", "waits for payment"])
    #expect(snapshot.attention.map(\.state) == [.running, .compensating])
    #expect(snapshot.attention.map(\.count) == [2_345, 2])
    snapshot.overdue[1].unpublished = "ORDER_CREATE"
    snapshot.judge()
    #expect(snapshot.attention[0].reason == "no ORDER_CREATE was published")
    (snapshot.overdue[1].unpublished, snapshot.overdue[1].step) = ("", "")
    snapshot.judge()
    #expect(snapshot.attention[0].reason == "takes too long")
    #expect(snapshot.attention.map(\.duration) == [20 * Self.second, 30 * Self.second])
  }
}
