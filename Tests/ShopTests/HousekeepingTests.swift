import EventBus
import Operations
import Testing
import TraceModel

@testable import Shop

/// What a service does every five seconds is told as it came out.
@Suite struct HousekeepingTests {
  /// The newest round of a service's job: the line that it has left in the log, and its transaction.
  private static func told(_ label: String, by service: String, _ stage: Stage) -> (line: LogLine, span: TraceSpan)? {
    guard
      let line = stage.world.logBook.lines(LogFilter(service: service, text: label), limit: 1).first,
      let span = stage.spans(line.gtxid).first(where: { $0.parent == nil })
    else { return nil }
    return (line, span)
  }

  /// Item's changes are mined, so that each round is a transaction; inventory's are not, and it says so where one fails.
  @Test(arguments: [(ShopPlan.item, "restock and reprice"), (ShopPlan.inventory, "restock")])
  func aRoundWithoutADatabaseHasFailed(service: String, label: String) throws {
    let stage = Stage()
    stage.run(2.5)
    // Whoever publishes does the work, and is soon no more the one that publishes.
    stage.arm("db:\(service):db-down,ttl=8s")
    stage.run(2)
    let (line, span) = try #require(Self.told(label, by: service, stage))
    #expect(line.level == .error && line.message.contains("refuses the connection"))
    #expect(span.operation == label && span.status == .error && span.message.contains("refuses the connection"))
    #expect(Stage.kind(of: stage.spans(line.gtxid)) == TransactionKind.batch)
    // When the database is back, so is the job: nothing more is told of a failure.
    stage.run(15)
    #expect(Self.told(label, by: service, stage)?.line.time == line.time)
    #expect(stage.problems() == [])
  }

  /// The twin: what is mined of a round is of one that succeeded, and its rows have changed.
  @Test func aRoundThatChangesRowsHasSucceeded() throws {
    let stage = Stage()
    stage.run(25)
    #expect(Self.told("restock and reprice", by: ShopPlan.item, stage) == nil)
    let changes = (0..<ShopPlan.partitions).flatMap { partition in
      (try? stage.world.broker.read(TopicName.itemChanges, partition: partition, from: 0))?.records ?? []
    }
    let ids = Set(changes.compactMap { $0.headerText(Carrier.gtxid).flatMap { GTXID($0) } })
    #expect(!ids.isEmpty)
    for id in ids.sorted(by: { $0.hex < $1.hex }) {
      let root = try #require(stage.spans(id).first { $0.parent == nil })
      #expect(root.operation == "restock and reprice" && root.status == .ok)
    }
  }
}
