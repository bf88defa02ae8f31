import Testing
import TraceModel

@testable import Shop

/// Each mechanism of the sagas is broken once, by a trigger in the database of the service that has it: the judgement at
/// the end of a run notices it, and what of the same run is sound stays unsuspected.
@Suite struct BrokenMechanismTests {
  struct Broken: Sendable, CustomTestStringConvertible {
    var what: String
    var saga: SagaKind
    var service: String
    /// What fires, and when: `UPDATE OF state ON reservation WHEN …`.
    var event: String
    /// Nil: what was to happen does not.
    var action: String?
    /// What turns the saga back; nothing where it goes through.
    var isDeclined = false
    var isTooDear = false
    var isTwice = false
    var noticed: [Invariant]

    var testDescription: String { what }

    var trigger: String {
      let body = action ?? "SELECT RAISE(IGNORE)"
      return "CREATE TRIGGER broken \(action == nil ? "BEFORE" : "AFTER") \(event) BEGIN \(body); END"
    }
  }

  private static let givesBack =
    "UPDATE OF stock ON product WHEN NEW.stock > OLD.stock AND NEW.delivered = OLD.delivered"
  private static let releases = "UPDATE OF state ON reservation WHEN NEW.state = 'RELEASED'"
  private static let forgets = "DELETE FROM inbox WHERE consumer = NEW.consumer"
  private static let forgetsEvents = "DELETE FROM event WHERE published IS NOT NULL"

  static let all = [
    // The join saga.
    Broken(
      what: "item rolls back, and the stock stays away", saga: .join, service: ShopPlan.item, event: givesBack,
      isDeclined: true, noticed: [.stockIsConserved]),
    Broken(
      what: "item rolls back, and the reservation stays", saga: .join, service: ShopPlan.item, event: releases,
      isDeclined: true, noticed: [.stockIsConserved, .compensatedOrdersHoldNothing]),
    Broken(
      what: "item reserves, and nothing leaves the stock", saga: .join, service: ShopPlan.item,
      event: "INSERT ON reservation", action: "UPDATE product SET stock = stock + NEW.quantity WHERE sku = NEW.sku",
      noticed: [.stockIsConserved]),
    Broken(
      what: "order does not note the verdict", saga: .join, service: ShopPlan.order,
      event: "UPDATE OF state ON orders WHEN NEW.state = 'CONFIRMED'",
      noticed: [.everySagaEnds, .stockIsConserved, .moneyIsConserved]),
    Broken(
      what: "order confirms what is rolled back", saga: .join, service: ShopPlan.order,
      event: "UPDATE OF state ON orders WHEN NEW.state = 'ROLLBACK'",
      action: "UPDATE orders SET state = 'CONFIRMED' WHERE id = NEW.id", isDeclined: true,
      noticed: [.everySagaEnds, .stockIsConserved, .moneyIsConserved]),
    Broken(
      what: "search does not learn what item sold", saga: .join, service: ShopPlan.search,
      event: "UPDATE ON products_1", noticed: [.viewsAgree]),

    // The credit saga.
    Broken(
      what: "customer keeps the credit of a rejected order", saga: .creditLarge, service: ShopPlan.customer,
      event: releases, noticed: [.creditIsConserved, .compensatedOrdersHoldNothing]),
    Broken(
      what: "customer releases, and the limit stays used up", saga: .creditLarge, service: ShopPlan.customer,
      event: "UPDATE OF reserved ON customer WHEN NEW.reserved < OLD.reserved", noticed: [.creditIsConserved]),
    Broken(
      what: "customer reserves, and the limit stays free", saga: .credit, service: ShopPlan.customer,
      event: "INSERT ON reservation",
      action: "UPDATE customer SET reserved = reserved - NEW.amount WHERE name = NEW.customer",
      noticed: [.creditIsConserved]),
    Broken(
      what: "inventory keeps the stock of a rejected order", saga: .creditLarge, service: ShopPlan.inventory,
      event: releases, isTooDear: true, noticed: [.stockIsConserved, .compensatedOrdersHoldNothing]),
    Broken(
      what: "order never opens", saga: .credit, service: ShopPlan.order,
      event: "UPDATE OF state ON orders WHEN NEW.state = 'OPEN'", noticed: [.everySagaEnds, .creditIsConserved]),
    Broken(
      what: "customer forgets what it has read", saga: .credit, service: ShopPlan.customer, event: "INSERT ON inbox",
      action: "\(forgets); DELETE FROM reservation; \(forgetsEvents)", isTwice: true,
      noticed: [.creditIsConserved, .effectsHappenOnce, .eventsFollowCommits]),

    // The orchestrated saga.
    Broken(
      what: "inventory answers ReleaseStock, and keeps it", saga: .orchestrated, service: ShopPlan.inventory,
      event: releases, isDeclined: true, noticed: [.stockIsConserved, .compensatedOrdersHoldNothing]),
    Broken(
      what: "customer answers ReleaseCredit, and keeps it", saga: .orchestrated, service: ShopPlan.customer,
      event: releases, isDeclined: true, noticed: [.creditIsConserved, .compensatedOrdersHoldNothing]),
    Broken(
      what: "order answers CancelOrder, and stays pending", saga: .orchestrated, service: ShopPlan.order,
      event: "UPDATE OF state ON orders WHEN NEW.state = 'CANCELLED'", isDeclined: true, noticed: [.everySagaEnds]),
    Broken(
      what: "order answers ApproveOrder, and stays pending", saga: .orchestrated, service: ShopPlan.order,
      event: "UPDATE OF state ON orders WHEN NEW.state = 'APPROVED'",
      noticed: [.everySagaEnds, .stockIsConserved, .moneyIsConserved, .creditIsConserved]),
    Broken(
      what: "the orchestrator loses a command", saga: .orchestrated, service: ShopPlan.orchestrator,
      event: "INSERT ON event WHEN NEW.type = 'Charge'", action: "DELETE FROM event WHERE id = NEW.id",
      noticed: [.everySagaEnds]),
    Broken(
      what: "inventory forgets the commands that it has had", saga: .orchestrated, service: ShopPlan.inventory,
      event: "INSERT ON saga_request",
      action: "DELETE FROM saga_request; DELETE FROM saga_effect; DELETE FROM reservation; \(forgetsEvents)",
      isTwice: true, noticed: [.stockIsConserved, .effectsHappenOnce, .eventsFollowCommits]),
  ]

  private func stage(_ broken: Broken) -> Stage {
    let stage = Stage { $0.declined = broken.isDeclined ? 1 : 0 }
    stage.run(3)
    return stage
  }

  /// Orders that go through, or turn back for the reason that is wanted.
  private func order(_ broken: Broken, _ stage: Stage) {
    if broken.isTwice {
      for topic in [TopicName.credit, TopicName.commands(broken.service)] { stage.arm("topic:\(topic):duplicate=100%") }
    }
    switch (broken.isTooDear, broken.saga) {
    case (true, _): stage.order(quantity: 200, user: "oh", saga: broken.saga)
    case (false, .creditLarge): stage.order("sku-07", quantity: 13, saga: broken.saga)
    default: stage.order(saga: broken.saga)
    }
    stage.run(6)
  }

  @Test(arguments: all) func isNoticed(broken: Broken) throws {
    let stage = stage(broken)
    try stage.write(broken.service, broken.trigger)
    order(broken, stage)
    stage.rest()
    #expect(stage.broken() == broken.noticed, "\(stage.problems().joined(separator: "\n"))")
  }

  @Test func aCommandThatNoRelayFindsIsNoticed() throws {
    let stage = Stage()
    stage.arm("broker:broker-down,ttl=3s")
    stage.order(saga: .orchestrated)
    try stage.write(ShopPlan.orchestrator, "DELETE FROM event WHERE type = 'CreateOrder'")
    stage.rest()
    #expect(stage.broken() == [.everySagaEnds, .eventsFollowCommits])
  }

  /// The same orders break nothing where nothing is broken.
  @Test(arguments: all) func isSoundOtherwise(broken: Broken) {
    let stage = stage(broken)
    order(broken, stage)
    stage.rest()
    #expect(stage.problems() == [])
  }
}
