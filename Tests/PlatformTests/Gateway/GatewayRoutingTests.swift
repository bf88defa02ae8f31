import TestSupport
import Testing

@testable import Platform

@Suite struct GatewayRoutingTests {
  private func open(_ routes: [RouteDefinition]) -> [RouteDefinition] {
    routes.map { route in
      var route = route
      route.isPublic = true
      return route
    }
  }

  @Test func byPathMethodHeaderAndContent() throws {
    var stage = try GatewayStage(
      GatewayConfiguration(
        routes: open([
          route("orders.v2", "/orders/{id}", to: "order2") { $0.headers = [HeaderCondition("Accept-Version", "2")] },
          route("orders", "/orders/{id}", to: "order1") { $0.requestTransforms = [.setPath("/o/{id}")] },
          route("orders.eu", "/orders", methods: ["POST"], to: "eu") {
            $0.content = [ContentCondition("customer.region", "EU")]
          },
          route("orders.big", "/orders", methods: ["POST"], to: "big") {
            $0.content = [ContentCondition("quantity", "100")]
          },
          route("orders.new", "/orders", methods: ["POST"], to: "rest"),
          route("files", "/files/**", to: "files"),
        ])))
    func target(
      _ method: String, _ path: String, _ headers: GatewayHeaders = [:], _ body: String = ""
    ) -> String {
      let answer = stage.ask(method, path, headers: headers, body: body)
      guard answer.failure == nil, case .service(let name)? = stage.calls.last?.target else {
        return "\(answer.response.status)"
      }
      return name
    }
    #expect(target("GET", "/orders/17") == "order1")
    #expect(stage.calls.last?.request.path == "/o/17")
    #expect(target("GET", "/orders/17", ["accept-version": "2"]) == "order2")
    #expect(target("GET", "/orders/17", ["accept-version": "3"]) == "order1")
    #expect(target("POST", "/orders", [:], #"{"customer":{"region":"EU"}}"#) == "eu")
    #expect(target("POST", "/orders", [:], #"{"quantity":100}"#) == "big")
    #expect(target("POST", "/orders", [:], #"{"quantity":1}"#) == "rest")
    #expect(target("POST", "/orders", [:], "no JSON") == "rest")
    #expect(target("GET", "/files/a/b/c") == "files")
    #expect(target("GET", "/files") == "files")
    #expect(target("GET", "/orders/17/items") == "404")
    #expect(target("DELETE", "/orders/17") == "405")
    #expect(stage.ask("DELETE", "/orders/17").response.headers["Allow"] == "GET")
  }

  @Test func severalGatewaysAreSeveralTables() throws {
    var outside = try GatewayStage(GatewayConfiguration(routes: open([route("r", "/r")])))
    var inside = try GatewayStage(GatewayConfiguration(routes: open([route("stock", "/stock")])))
    #expect(outside.ask("GET", "/stock").response.status == 404)
    #expect(inside.ask("GET", "/stock").response.status == 200)
  }

  @Test func aCanaryGetsItsShareAndKeepsItsUsers() throws {
    func stage(_ percent: Int, _ unit: TrafficShare.Unit) throws -> GatewayStage {
      try GatewayStage(
        GatewayConfiguration(routes: [
          route("r", "/r") { $0.canary = CanaryRule(version: "2", share: TrafficShare(percent: percent, by: unit)) }
        ]))
    }
    func canaries(_ stage: inout GatewayStage) -> Set<Int> {
      var served: Set<Int> = []
      for user in 0..<400 {
        let token = GatewayStage.token("u\(user)")
        _ = stage.ask("GET", "/r", headers: ["Authorization": token], draw: StableHash.finish(UInt64(user)))
        if stage.calls.last?.version == "2" { served.insert(user) }
      }
      return served
    }
    var five = try stage(5, .user)
    var thirty = try stage(30, .user)
    let (few, more) = (canaries(&five), canaries(&thirty))
    #expect((8...36).contains(few.count), "\(few.count) of 400")
    #expect((90...150).contains(more.count), "\(more.count) of 400")
    #expect(few.isSubset(of: more), "while the share grows nobody goes back")
    #expect(canaries(&five) == few)
    var byRequest = try stage(30, .request)
    #expect((90...150).contains(canaries(&byRequest).count))
    var none = try stage(0, .user)
    var all = try stage(100, .user)
    #expect(canaries(&none).isEmpty)
    #expect(canaries(&all).count == 400)
  }

  @Test func theStranglerMovesOneCapabilityAfterTheOther() throws {
    var configuration = GatewayConfiguration(
      routes: [
        route("review", "/reviews", to: "review") { $0.capability = "review" },
        route("order", "/orders", to: "order") { $0.capability = "order" },
      ],
      strangler: [
        StranglerShare("review", TrafficShare(percent: 100)), StranglerShare("order", TrafficShare(percent: 0)),
      ])
    var stage = try GatewayStage(configuration)
    _ = stage.ask("GET", "/reviews")
    _ = stage.ask("GET", "/orders")
    #expect(stage.calls.map(\.target) == [.service("review"), .service("legacy-shop")])
    #expect(stage.calls.map(\.isLegacy) == [false, true])
    configuration.strangler[1].share = TrafficShare(percent: 100)
    try stage.gateway.adopt(configuration)
    _ = stage.ask("GET", "/orders")
    #expect(stage.calls.last?.target == .service("order"))
    configuration.strangler = []
    #expect(configuration.problems.count == 2)
  }

  @Test func theSandboxIsApartAndSaysItsTransaction() throws {
    var configuration = GatewayConfiguration(routes: [
      route("r", "/r") { $0.sandbox = .service("sandbox") }, route("live", "/live"),
    ])
    configuration.defaultPlan = ClientPlan("default", dailyQuota: 0, tariff: Tariff(perCall: 5))
    var stage = try GatewayStage(configuration)
    let answer = stage.ask("GET", "/sandbox/r")
    #expect(stage.calls.last?.target == .service("sandbox"))
    #expect(stage.calls.last?.isSandbox == true)
    #expect(answer.response.headers["X-GTXID"] == "00000000000000070000000000000001")
    #expect(answer.response.headers["X-Sandbox"] == "true")
    #expect(stage.ask("GET", "/sandbox/live").response.status == 404)
    let meter = stage.gateway.snapshot(now: epoch).clients.first?.meter
    #expect(meter?.charge == 0)
    #expect(meter?.sandboxCalls == 1)
  }

  @Test(arguments: UInt64(1)...100) func aPathThatWasMadeFromAPatternFitsIt(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let words = ["a", "b", "orders", "x1"]
    var pattern = ""
    var path = ""
    var expected: [RouteParameter] = []
    for index in 0...random.below(4) {
      let word = words[random.below(words.count)]
      if random.chance(50) {
        pattern += "/{p\(index)}"
        expected.append(RouteParameter(name: "p\(index)", value: word))
      } else {
        pattern += "/\(word)"
      }
      path += "/\(word)"
    }
    #expect(RoutePattern(pattern).match(path.words(between: "/")) == expected, "seed \(seed): \(pattern) for \(path)")
    #expect(RoutePattern(pattern).match((path + "/more").words(between: "/")) == nil, "seed \(seed)")
    #expect(RoutePattern(pattern + "/more").match(path.words(between: "/")) == nil, "seed \(seed)")
    let longer = (path + "/more/and/more").words(between: "/")
    #expect(RoutePattern(pattern + "/**").match(longer) == expected, "seed \(seed)")
  }
}
