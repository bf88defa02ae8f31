import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// The order history: mined from order's rows, read by customers, rebuilt beside the one that serves.
@Suite struct OrderHistoryTests {
  private func document(_ stage: Stage, _ id: GTXID?) -> Payload? {
    let store = stage.world.documents(of: ShopPlan.historyUpdater)
    return try? HistoryView.plan.view.all(HistoryView.orders, store).first { $0.transaction == id?.hex }
  }

  private func ask(_ stage: Stage, user: String = "kim", own: GTXID? = nil) -> Payload? {
    let count = stage.answers.count
    var body = Payload()
    body.transaction = own?.hex
    stage.send(Request("GET /history", body: body, user: user))
    stage.run(0.3)
    return stage.answers.count > count ? stage.answers[count].body : nil
  }

  private func rebuild(_ stage: Stage) -> JobStatus? {
    stage.world.batchJobs.compactMap { try? $0.runner.status().first { $0.name == "rebuild order-history" } }.first
  }

  @Test(arguments: SagaKind.allCases) func everyKindOfSagaIsInIt(saga: SagaKind) {
    let stage = Stage()
    stage.run(3)
    let id = stage.order(saga: saga == .choreographed ? nil : saga)
    stage.run(3)
    #expect(document(stage, id)?.state == saga.good)
    #expect(document(stage, id)?.user == "kim")
    // It belongs to the order's own transaction.
    #expect(stage.spans(id).contains { $0.service == ShopPlan.historyUpdater && $0.operation == "project" })
    let shown = ask(stage, own: id)
    #expect(shown?.entries?.map(\.state) == [saga.good])
    #expect(shown?.behind == 0 && shown?.age == 0 && shown?.isStale == false)
    let positions = shown?.positions ?? []
    #expect(positions.count == 2 * ShopPlan.partitions && positions.reduce(0, +) > 0)
    #expect(ask(stage, user: "lee")?.entries ?? [] == [])
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aReadSaysHowFarItIsBehindAndThatTheOwnOrderIsMissing() {
    let stage = Stage()
    stage.run(3)
    stage.arm("\(ShopPlan.historyUpdater):crash,ttl=8s")
    let id = stage.order()
    stage.run(1)
    let shown = ask(stage, own: id)
    #expect((shown?.behind ?? 0) >= 2 && (shown?.age ?? 0) > 1_000_000_000)
    #expect(shown?.isStale == true && shown?.entries ?? [] == [])
    #expect(stage.world.counters.staleHistoryReads == 1)
    stage.run(15)
    #expect(ask(stage, own: id)?.isStale == false)
    #expect(stage.world.counters.staleHistoryReads == 1 && stage.world.counters.historyReads == 2)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// How far behind it is cannot be told then, and that is all that the bus is to it.
  @Test func isWellWhileTheBusIsDown() throws {
    let stage = Stage()
    stage.run(3)
    stage.arm("broker:broker-down")
    for _ in 0..<10 {
      let shown = try #require(ask(stage))
      #expect(shown.behind == nil && shown.age == nil && shown.positions == nil)
      stage.run(1)
    }
    let snapshot = stage.snapshot()
    let history = try #require(snapshot.service(ShopPlan.history))
    #expect(history.health == .up && history.instances.allSatisfy { $0.health == .up }, "\(history.reason)")
    #expect(snapshot.service(ShopPlan.historyUpdater)?.health == .degraded, "who reads the bus is not")
  }

  /// Nobody is hurt by a look, and no chance is drawn for one: a view is late for all who look, or for nobody.
  @Test(arguments: ["broker:broker-down", "db:order:db-down", "db:customer:db-down,share=50%"])
  func toSayHowLateItIsIsNoUseOfWhatIsBroken(broken: String) throws {
    let stage = Stage()
    stage.run(6)
    let process = try #require(stage.world.service(ShopPlan.history).instances[0].process)
    #expect(process.freshness(of: HistoryView.plan) != nil)
    let fault = stage.arm(broken)
    for _ in 0..<20 { #expect(process.freshness(of: HistoryView.plan) == nil) }
    #expect(stage.world.faults.armed.map(\.hits) == [0])
    #expect(stage.world.faults.trials(of: fault.spec.kind.name).struck == 0)
    #expect(!process.bus.isOutOfReach)
    #expect(stage.world.faults.remove(fault.id))
    #expect(process.freshness(of: HistoryView.plan) != nil)
  }

  // MARK: Crashes

  /// P13: the view is written, its position is not. The change comes again, and is no news.
  @Test func p13HasNoSecondEffect() throws {
    for (knowsVersions, broken) in [(true, []), (false, [.effectsHappenOnce])] as [(Bool, [Invariant])] {
      let stage = Stage { $0.mistakes = knowsVersions ? [] : [.viewWithoutVersions] }
      stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:P13"))
      let id = stage.order()
      #expect(stage.world.crashPoints.count(of: .viewWritten).struck == 1)
      stage.run(30)
      #expect(stage.world.counters.duplicatesDelivered >= 1)
      #expect(document(stage, id)?.state == "PAID")
      #expect(stage.broken() == broken)
    }
  }

  /// A miner sleeps through its lease, nobody fences it off, and it publishes what another has published long ago.
  @Test func anOldChangeThatComesLateIsNoNews() throws {
    for (knowsVersions, state) in [(true, "PAID"), (false, "PENDING")] {
      let stage = Stage { settings in
        settings.mistakes = knowsVersions ? [] : [.viewWithoutVersions]
        settings.omissions = [.fence]
      }
      stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:P7"))
      let id = stage.order()
      #expect(stage.world.crashPoints.count(of: .overlappingLeases).struck == 1)
      stage.run(20)
      #expect(document(stage, id)?.state == state)
      #expect(stage.broken().contains(.viewsAgree) == !knowsVersions)
    }
  }

  /// A miner that has slept takes nobody's position back, and where nobody asks for its lease it does.
  @Test(arguments: [[], [.fence]] as [Set<Omission>]) func whoHasSleptTakesNoPositionBack(omits: Set<Omission>) throws {
    let stage = Stage { $0.omissions = omits }
    stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:P7"))
    stage.order()
    #expect(stage.world.crashPoints.count(of: .overlappingLeases).struck == 1)
    stage.run(20)
    #expect((stage.world.oldestUnmined == nil) == omits.isEmpty)
    #expect(stage.world.counters.fencedRelays == (omits.isEmpty ? 1 : 0))
  }

  // MARK: Rebuilds

  @Test func isRebuiltWhileItServes() throws {
    let stage = Stage(rate: 20)
    stage.run(30)
    #expect(stage.world.askForRebuild(of: "order-history"))
    #expect(!stage.world.askForRebuild(of: "order-history"))
    var served = 0
    for _ in 0..<20 {
      stage.run(0.2)
      if ask(stage)?.entries?.isEmpty == false { served += 1 }
    }
    #expect(served == 20)
    let job = try #require(rebuild(stage))
    #expect(job.runs == 1 && job.last?.succeeded == true)
    #expect(job.last?.result.hasSuffix("both hold the same") == true, "\(job)")
    #expect((job.last?.done ?? 0) > 400)
    let spans = stage.spans(job.last?.gtxid)
    #expect(spans.map(\.operation) == ["rebuild order-history"])
    #expect(spans.first?[attribute: AttributeName.kind] == .text(TransactionKind.batch))
    stage.world.customers.close()
    stage.rest()
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// P14: a crash in the middle of a rebuild. Another instance goes on with the same run where it was.
  @Test func p14ResumesWhereItWas() throws {
    let stage = Stage(rate: 20)
    stage.run(40)
    stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:P14,nth=3,down=20s"))
    #expect(stage.world.askForRebuild(of: "order-history"))
    stage.run(3)
    #expect(stage.world.crashPoints.count(of: .rebuilding).struck == 1)
    let left = try #require(rebuild(stage)?.current)
    #expect(left.done >= 128)
    let (view, store) = (HistoryView.plan.view, stage.world.documents(of: ShopPlan.historyUpdater))
    #expect(try view.live(store).generation == 1)
    #expect(ask(stage)?.entries?.isEmpty == false)
    // The partitions of the instance that is down are read again when it is back.
    stage.run(30)
    let job = try #require(rebuild(stage))
    #expect(job.last?.gtxid == left.gtxid && job.last?.succeeded == true)
    #expect(job.last?.result.hasSuffix("both hold the same") == true, "\(job)")
    let live = try view.live(store)
    #expect(live == DocumentView.Build(generation: 2, side: 2))
    #expect(try store.count(in: "orders_1") == 0)
    stage.world.customers.close()
    stage.rest()
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// What somebody finds who asks while the rebuild has crashed: everything, unless the new view serves already.
  @Test(arguments: [false, true]) func p14LeavesTheOldViewInPlace(isEarly: Bool) throws {
    let stage = Stage(rate: 20) { $0.wrongOrders = isEarly ? [.serveThenRebuild] : [] }
    stage.run(30)
    stage.world.crashPoints.arm(try CrashSpec(parsing: "order-history-updater:P14,nth=3,down=20s"))
    #expect(stage.world.askForRebuild(of: "order-history"))
    stage.run(1.5)
    #expect(stage.world.crashPoints.count(of: .rebuilding).struck == 1)
    let orders = try stage.world.disk(of: ShopPlan.order)?.database.read {
      try $0.number("SELECT count(*) FROM orders")
    }
    let store = stage.world.documents(of: ShopPlan.historyUpdater)
    let missing = (orders ?? 0) - Int64(try HistoryView.plan.view.all(HistoryView.orders, store).count)
    #expect(orders ?? 0 > 400)
    #expect(isEarly ? missing > 100 : missing < 40, "\(missing) of \(orders ?? 0)")
  }

  @Test func aDocumentThatIsWrongIsFoundAndRepaired() throws {
    let stage = Stage()
    stage.run(3)
    let id = stage.order()
    stage.run(3)
    try stage.write(
      ShopPlan.historyUpdater, "UPDATE orders_1 SET body = json_set(body, '$.state', 'LOST')")
    #expect(stage.broken() == [.viewsAgree])
    #expect(stage.world.askForRebuild(of: "order-history"))
    stage.run(5)
    let order = try #require(document(stage, id)?.order)
    #expect(rebuild(stage)?.last?.result.hasSuffix("they differed: orders \(order)") == true)
    #expect(document(stage, id)?.state == "PAID")
    stage.rest()
    // That it was wrong until then is told at the end, too.
    let problems = stage.problems()
    #expect(problems.count == 1 && problems[0].hasSuffix("was rebuilt, and until then it was wrong about orders 1"))
  }

  @Test func theCommandAsksForIt() {
    let shop = SimulatedShop(ShopSettings(rate: 0), startAt: 5_000_000_000, isStill: true)
    #expect(shop.perform(.rebuild(view: "order-history")) == .done("rebuild of order-history asked for"))
    guard case .refused(let sentence) = shop.perform(.rebuild(view: "nothing")) else {
      Issue.record("nothing can be rebuilt")
      return
    }
    #expect(sentence == "there is no view nothing; there are order-history, search")
  }
}
