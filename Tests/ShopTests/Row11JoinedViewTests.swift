import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Rows 9 and 11: the order history is customers joined with their orders. What becomes of a customer is mined from the
/// log of customer's database, comes over the bus, and is told in one answer with the orders.
@Suite struct Row11JoinedViewTests {
  private static func stage() -> Stage {
    Stage(rate: 4) { settings in
      settings.mix = LoadMix(journeys: [(.buy, 1)], sagas: [(.credit, 1)])
    }
  }

  private static func ask(_ stage: Stage, _ user: String) -> Payload? {
    let count = stage.answers.count
    stage.send(Request("GET /history", user: user))
    stage.run(0.3)
    return stage.answers.count > count ? stage.answers[count].body : nil
  }

  /// Customers of whom the view's answer does not say what the files of customer and order say.
  private static func differences(_ stage: Stage) throws -> [String] {
    let segments = try stage.world.disk(of: ShopPlan.customer)?.database.read { database in
      try database.all("SELECT name, segment FROM profile ORDER BY name") { row in
        (row.value(0) as String, row.value(1) as String)
      }
    }
    return try (segments ?? []).flatMap { name, segment -> [String] in
      let newest = try stage.world.disk(of: ShopPlan.order)?.database.read { database in
        try database.all("SELECT id FROM orders WHERE user = ? ORDER BY id DESC LIMIT 10", [name]) {
          $0.value(0) as Int64
        }
      }
      let shown = ask(stage, name)
      var findings: [String] = []
      if shown?.customer?.segment != segment {
        findings.append("\(name) is \(segment), but \(shown?.customer?.segment ?? "nobody") in the view")
      }
      if shown?.entries?.compactMap(\.order) != newest { findings.append("the orders of \(name) are others") }
      return findings
    }
  }

  /// For ten minutes instances of both sources and of the view's keeper crash, at once and between two steps.
  @Test func aCustomerIsToldWithItsOrders() throws {
    let stage = Self.stage()
    let keeper = ShopPlan.historyUpdater
    for minute in 0..<10 {
      stage.arm("\([keeper, ShopPlan.customer, ShopPlan.order][minute % 3])/\(1 + minute % 2):crash,ttl=3s")
      for crash in ["\(keeper):P13,nth=3", "\(keeper):P9,nth=20", "customer:P10,nth=5"] {
        stage.world.crashPoints.arm(try CrashSpec(parsing: crash))
      }
      stage.run(60)
    }
    #expect(stage.world.crashPoints.count(of: .viewWritten).struck == 10)
    stage.world.customers.close()
    stage.run(40)
    #expect(try Self.differences(stage) == [])
    let grades = try stage.world.disk(of: ShopPlan.customer)?.database.read {
      try $0.number("SELECT count(*) FROM profile WHERE segment <> 'NEW'")
    }
    #expect(grades ?? 0 > 2)
    #expect(Self.ask(stage, "kim")?.positions?.count == 2 * ShopPlan.partitions)
    stage.rest()
    #expect(stage.problems() == [])
  }

  /// The twin: who is cut off from the bus learns nothing of customers, and says how far behind it is.
  @Test func withoutTheFeedItIsNot() throws {
    let stage = Self.stage()
    stage.arm("\(ShopPlan.historyUpdater):partition")
    stage.run(75)
    stage.world.customers.close()
    stage.run(15)
    let findings = try Self.differences(stage)
    #expect(findings.contains { $0.hasSuffix("NEW in the view") })
    #expect(findings.contains { $0.hasPrefix("the orders of") })
    #expect(Self.ask(stage, "kim")?.behind ?? 0 > 0)
  }

  /// Each record names the change of customer's log that it was mined of, and says what the row is like after it.
  @Test func whatIsToldOfACustomerIsWhatTheLogSays() throws {
    let stage = Stage()
    stage.run(3)
    try stage.write(ShopPlan.customer, "UPDATE customer SET paid = 250000 WHERE name = 'kim'")
    stage.run(10)
    let topic = try stage.world.broker.topic(TopicName.customerChanges)
    let records = try (0..<ShopPlan.partitions).flatMap { try topic.peek(partition: $0, from: 0).records }
    #expect(records.map(\.keyText) == ["kim"])
    let record = try #require(records.first)
    let said = try #require(Payload(json: record.value))
    #expect(said.segment == "REGULAR")
    let parts = record.headerText(RecordHeaderName.message)?.split(separator: "/").map(String.init) ?? []
    #expect(parts.prefix(2) == [ShopPlan.historyUpdater, ShopPlan.customer])
    let log = try #require(stage.world.disk(of: ShopPlan.customer)?.database.changeLog)
    let change = try #require(try log.change(at: Int64(parts[2]) ?? 0))
    #expect(change.before?["segment"]?.text == "NEW" && change.after?["segment"]?.text == "REGULAR")
    #expect(said.position == change.position && change.after?["name"]?.text == "kim")
    // It belongs to the run in which customers were sorted.
    let id = record.headerText(Carrier.gtxid).flatMap { GTXID($0) }
    #expect(stage.spans(id).map(\.operation).contains("sort customers"))
    #expect(Self.ask(stage, "kim")?.customer?.segment == "REGULAR")
    // What is given back counts no more.
    try stage.write(ShopPlan.customer, "UPDATE customer SET paid = 0 WHERE name = 'kim'")
    stage.run(10)
    #expect(Self.ask(stage, "kim")?.customer?.segment == "NEW")
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func aRebuildBringsTheCustomersAlong() throws {
    let stage = Stage()
    stage.run(3)
    try stage.write(ShopPlan.customer, "UPDATE customer SET paid = 2000000 WHERE name = 'lee'")
    stage.run(10)
    try stage.write(ShopPlan.historyUpdater, "DELETE FROM customers_1 WHERE id = 'lee'")
    #expect(stage.broken() == [.viewsAgree])
    stage.world.askForRebuild(of: ShopPlan.history)
    stage.run(10)
    let store = stage.world.documents(of: ShopPlan.historyUpdater)
    #expect(try store.get("lee", in: "customers_2")?.payload.segment == "LOYAL")
    #expect(try store.count(in: "customers_1") == 0 && store.count(in: "customers_2") == Customers.names.count)
    stage.rest()
    // It agrees by now; that somebody had lost a document is told all the same.
    #expect(stage.problems().count == 1 && stage.problems()[0].contains("it was wrong about customers lee"))
  }
}
