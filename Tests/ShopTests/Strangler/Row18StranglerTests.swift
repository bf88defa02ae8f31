import EventBus
import Operations
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 18, seen from outside: ten minutes in which the sliders go forth and back, by the rows of either side's database,
/// the records between them and the spans of those who served.
@Suite struct Row18StranglerTests {
  /// When which slider goes where, in seconds.
  private static let moves: [(at: Double, capability: StranglerCapability, share: Int)] = [
    (60, .review, 25), (120, .review, 100), (150, .catalog, 50), (200, .order, 50), (280, .order, 100),
    (340, .review, 0), (400, .order, 0), (460, .order, 75), (500, .review, 100),
  ]

  /// What was seen of a run by looking every minute or so: neither databases nor the bus keep anything for ever.
  private struct Sight {
    /// Transactions of rows, by the table they stand in.
    var soldByLegacy: Set<String> = []
    var handedBack: Set<String> = []
    var orders: Set<String> = []
    var legacyOrders: Set<String> = []
    /// Reviews with their stars, by the side.
    var newReviews: Set<String> = []
    var legacyReviews: Set<String> = []
    /// Records between the two, by their places.
    var records: [String: (type: String, gtxid: String)] = [:]

    mutating func look(at stage: Stage) {
      soldByLegacy.formUnion(stage.texts(ShopPlan.legacy, "SELECT gtxid FROM orders WHERE NOT handed_back AND holds"))
      handedBack.formUnion(stage.texts(ShopPlan.legacy, "SELECT gtxid FROM orders WHERE handed_back"))
      orders.formUnion(stage.texts(ShopPlan.order, "SELECT gtxid FROM orders"))
      legacyOrders.formUnion(stage.texts(ShopPlan.order, "SELECT gtxid FROM legacy_order"))
      let reviews = "SELECT id || ' ' || stars FROM review"
      newReviews.formUnion(stage.texts(ShopPlan.review, reviews))
      legacyReviews.formUnion(stage.texts(ShopPlan.legacy, reviews))
      for event in stage.legacyEvents() { records[event.place] = (event.type, event.gtxid) }
    }

    func told(_ type: String) -> [String] { records.values.filter { $0.type == type }.map(\.gtxid).sorted() }
  }

  /// Ten minutes; in the middle of them the legacy shop is cut off from the bus for half a minute.
  private static func played(_ mistakes: Set<Mistake>, _ store: OrderStore = .outbox) -> (stage: Stage, sight: Sight) {
    let stage = Stage.strangled("review=0,catalog=0,order=0", rate: 2, mistakes: mistakes) { settings in
      settings.orderStore = store
      settings.mix = LoadMix(
        journeys: [(.buy, 5), (.review, 3), (.browse, 1), (.backOffice, 1)], sagas: LoadMix.ordinary.sagas)
    }
    let start = stage.world.time.now
    var sight = Sight()
    for move in moves {
      stage.run(move.at - Double(stage.world.time.now - start) / 1e9)
      sight.look(at: stage)
      stage.strangle(move.capability, move.share)
      if move.at == 280 { stage.arm("legacy-shop:partition,ttl=30s") }
    }
    stage.run(570 - Double(stage.world.time.now - start) / 1e9)
    stage.world.customers.close()
    stage.run(30)
    sight.look(at: stage)
    return (stage, sight)
  }

  /// The transactions of the spans with which a side served a route, and answered it with `status`.
  private static func served(_ stage: Stage, _ service: String, _ route: String, status: Int64) -> Set<String> {
    var found: Set<String> = []
    for summary in stage.world.book.newest(.max >> 1) {
      let isServed = stage.spans(summary.gtxid).contains { span in
        guard span.kind == .server, span.service == service, span.operation == route else { return false }
        return span[attribute: AttributeName.httpStatus] == .integer(status)
      }
      if isServed { found.insert(summary.gtxid.hex) }
    }
    return found
  }

  @Test(arguments: OrderStore.allCases) func nothingIsLostWhicheverWayTheSlidersGo(store: OrderStore) throws {
    let (stage, sight) = Self.played([], store)
    let sold = Self.served(stage, ShopPlan.legacy, "POST /orders", status: 201)
    let ordered = Self.served(stage, ShopPlan.order, "POST /orders", status: 202)
      .union(Self.served(stage, ShopPlan.orchestrator, "POST /sagas", status: 202))
    #expect(sold.count > 100 && ordered.count > 100 && sold.isDisjoint(with: ordered))
    // Each side has a row of each order, whoever took it, and was told of it once.
    #expect(sight.soldByLegacy == sold && sight.legacyOrders == sold)
    #expect(sight.orders == ordered && sight.handedBack == ordered)
    #expect(sight.told(EventType.legacyOrderPlaced) == sold.sorted())
    #expect(Set(sight.told(EventType.orderHandedBack)) == ordered)
    // Reviews stand on both sides, star by star.
    let (told, handedBack) = (sight.told(EventType.legacyReviewWritten), sight.told(EventType.reviewHandedBack))
    #expect(told.count > 50 && handedBack.count > 50 && Set(told).isDisjoint(with: handedBack))
    #expect(sight.newReviews.count == told.count + handedBack.count && sight.newReviews == sight.legacyReviews)
    let prices = "SELECT sku || ' ' || price FROM product ORDER BY sku"
    let shown = "SELECT id || ' ' || json_extract(body, '$.price') FROM products ORDER BY id"
    #expect(stage.texts(ShopPlan.catalog, shown) == stage.texts(ShopPlan.legacy, prices))
    #expect(stage.problems() == [])
  }

  /// Each customer is on one side at a time, and on that which the slider says.
  @Test func theSlidersSendTheirShareOfTheCustomers() throws {
    let stage = Stage.strangled("review=50", rate: 4) { $0.mix.journeys = [(.review, 1)] }
    stage.run(60)
    var sides: [String: Set<String>] = [:]
    for summary in stage.world.book.newest(.max >> 1) where summary.kind == TransactionKind.review {
      let callees = stage.spans(summary.gtxid).filter { $0.kind == .client && $0.service == ShopPlan.gateway }
      sides[summary.user, default: []].formUnion(callees.map(\.peer))
    }
    #expect(sides.count == Customers.names.count)
    var settings = StranglerSettings()
    settings[.review] = 50
    for (user, side) in sides {
      #expect(side == [settings.isLegacy(.review, user: user) ? ShopPlan.legacy : ShopPlan.review], "\(user)")
    }
  }

  /// The same ten minutes without the events between the two.
  @Test func withoutTheEventsOrdersAndReviewsAreLost() {
    let (stage, sight) = Self.played([.noHandBack])
    #expect(sight.soldByLegacy.count > 100 && sight.orders.count > 100 && sight.records.isEmpty)
    #expect(sight.handedBack.isEmpty && sight.legacyOrders.isEmpty)
    #expect(!sight.newReviews.isEmpty && sight.newReviews.isDisjoint(with: sight.legacyReviews))
    #expect(stage.broken() == [.bothShopsAgree])
  }
}
