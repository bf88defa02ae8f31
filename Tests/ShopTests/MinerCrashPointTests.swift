import EventBus
import Operations
import Testing
import TraceModel
import Transactions

@testable import Shop

/// The crash points of the log of rows, and of the log on disk, which is no part of a run.
@Suite struct MinerCrashPointTests {
  /// The miner has crashed within the events of the first price that changes.
  private static func stage(_ wrongOrders: Set<WrongOrder> = []) throws -> Stage {
    let stage = Stage { $0.wrongOrders = wrongOrders }
    stage.world.crashPoints.arm(try CrashSpec(parsing: "aggregate:P16,down=2s"))
    for _ in 0..<2_500 where stage.world.crashPoints.count(of: .halfEmitted).struck == 0 { stage.run(0.01) }
    #expect(stage.world.crashPoints.count(of: .halfEmitted).struck == 1)
    return stage
  }

  /// The records that came of the change whose events were split, in the order in which they were appended.
  private static func recordsOfHalfEmitted(_ stage: Stage) -> [String] {
    let records = (0..<ShopPlan.partitions).flatMap { partition in
      (try? stage.world.broker.read(TopicName.itemChanges, partition: partition, from: 0))?.records ?? []
    }
    let messages = records.sorted { $0.timestamp < $1.timestamp }.compactMap { $0.headerText(RecordHeaderName.message) }
    // `aggregate/change/which of its events`
    let first = messages.first { $0.hasSuffix("/0") }?.dropLast(2) ?? ""
    return messages.filter { $0.hasPrefix(first + "/") }.map { String($0.suffix(1)) }
  }

  /// P16: a batch of the miner ends within the events of one change. Its position has not passed the change, so that both
  /// come after the crash; the first one comes twice, under one id.
  @Test func p16PublishesTheOtherHalf() throws {
    let stage = try Self.stage()
    stage.run(0.2)
    #expect(Self.recordsOfHalfEmitted(stage) == ["0"])
    stage.run(13)
    #expect(Self.recordsOfHalfEmitted(stage) == ["0", "0", "1"])
    #expect(stage.world.counters.duplicatesSuppressed >= 1)
    #expect(stage.problems() == [])
  }

  @Test func p16LosesTheOtherHalfOfWhatIsPassedFirst() throws {
    let stage = try Self.stage([.passThenPublish])
    stage.run(13.2)
    #expect(Self.recordsOfHalfEmitted(stage) == ["0"])
    #expect(stage.broken() == [.viewsAgree])
  }

  /// The shop says what it lacks, and why.
  @Test func p15CannotBeHad() {
    let error = #expect(throws: FaultSpecError.self) { try CrashSpec(parsing: "order:P15") }
    #expect(error?.description.contains("the bus of this shop is a part of the program") == true)
  }
}
