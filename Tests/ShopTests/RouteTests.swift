import Operations
import Simulation
import Testing
import TraceCollector

@testable import Shop

/// What a fault can be kept to.
@Suite struct RouteTests {
  @Test func everyOperationThatIsCalledIsKnown() {
    let stage = Stage(rate: 6) {
      $0.mix = .ordinary
      $0.strangler.isUnderWay = true
    }
    stage.run(40)
    let (world, known) = (stage.world, Set(ShopPlan.routes))
    var called: Set<String> = []
    for service in world.services {
      called.formUnion(world.traces.operations(of: service.name, now: world.time.now).map(\.operation))
      called.formUnion(world.routeStatistics(of: service.name).map(\.0))
    }
    let routes = called.filter { $0.contains(" /") }
    #expect(routes.count > 20)
    #expect(routes.subtracting(known).isEmpty, "\(routes.subtracting(known).sorted())")
  }

  @Test func aFaultIsKeptToOneThatThereIs() throws {
    let parser = FaultParser(catalogue: ShopPlan.catalogue)
    for route in ["/orders", "/charge", "/streams/transactions/{gtxid}", "ITEM_RESERVED", "CONFIRMED"] {
      #expect(try parser.parse("gateway:latency=1s,route=\(route)").scope.route == route)
    }
    let error = #expect(throws: FaultSpecError.self) { try parser.parse("payment-gateway:latency=1s,route=/chrage") }
    #expect(error?.description == "unknown route \"/chrage\"; do you mean /charge?")
  }
}
