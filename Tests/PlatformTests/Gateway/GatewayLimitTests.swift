import TestSupport
import Testing

@testable import Platform

@Suite struct GatewayLimitTests {
  private func stage(_ plan: ClientPlan, _ change: (inout RouteDefinition) -> Void = { _ in }) throws -> GatewayStage {
    try GatewayStage(
      GatewayConfiguration(
        routes: [route("r", "/r", change)], clients: [GatewayClient("app", key: "k1", plan: "partner")],
        plans: [ClientPlan("partner", tariff: Tariff(perCall: 100, perKilobyte: 7))], defaultPlan: plan))
  }

  @Test func rateLimitPerClient() throws {
    var stage = try stage(ClientPlan("default", rateLimit: TokenBucketRule(capacity: 2, refillPerSecond: 1)))
    #expect((0..<3).map { _ in stage.ask("GET", "/r").response.status } == [200, 200, 429])
    #expect(stage.ask("GET", "/r").response.headers["Retry-After"] == "1")
    let other = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token("u2")])
    #expect(other.response.status == 200, "another client has a bucket of its own")
    stage.now += second - 1
    #expect(stage.ask("GET", "/r").response.status == 429)
    stage.now += 1
    #expect(stage.ask("GET", "/r").response.status == 200)
    #expect(stage.gateway.refusals(for: .rateLimited) == 3)
  }

  @Test func quotaPerDay() throws {
    var stage = try stage(ClientPlan("default", dailyQuota: 5)) { $0.weight = 2 }
    stage.now = 1_000 * 86_400 * second
    let token = "Bearer " + GatewayStage.authority.issue(subject: "u1", roles: [], id: "t", now: stage.now).text
    func ask() -> GatewayAnswer { stage.ask("GET", "/r", headers: ["Authorization": token]) }
    #expect((0..<3).map { _ in ask().response.status } == [200, 200, 429])
    stage.now += 100 * second
    let refused = ask()
    #expect(refused.failure?.reason == .quotaExceeded)
    #expect(refused.response.headers["Retry-After"] == "\(86_400 - 100)")
    stage.now = 1_001 * 86_400 * second
    let fresh = "Bearer " + GatewayStage.authority.issue(subject: "u1", roles: [], id: "t", now: stage.now).text
    #expect(stage.ask("GET", "/r", headers: ["Authorization": fresh]).response.status == 200)
  }

  @Test func meteringAndTariff() throws {
    var stage = try stage(ClientPlan("default")) { $0.weight = 3 }
    let headers: GatewayHeaders = ["Authorization": GatewayStage.token(), "X-API-Key": "k1"]
    stage.answer = .success(GatewayResponse(200, body: [UInt8](repeating: 0, count: 1_025)))
    _ = stage.ask("GET", "/r", headers: headers)
    #expect(stage.calls.last?.request.headers["X-API-Key"] == nil, "the key stays between client and gateway")
    stage.answer = .success(GatewayResponse(500))
    _ = stage.ask("GET", "/r", headers: headers)
    stage.answer = .failure(UpstreamFailure(status: 504, "no answer"))
    _ = stage.ask("GET", "/r", headers: headers)
    let app = try #require(stage.gateway.snapshot(now: epoch).clients.first)
    #expect(app.id == "app")
    #expect(app.meter.charge == 3 * 100 + 2 * 7, "what the service failed at costs nothing")
    #expect(app.meter.calls == 2)
    #expect(app.meter.refused == 1)
    let unknown = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token(), "X-API-Key": "k2"])
    #expect(unknown.failure?.reason == .unknownKey)
  }

  @Test func responseCacheWithTimeToLiveAndVary() throws {
    var stage = try stage(ClientPlan("default")) {
      $0.cache = ResponseCacheRule(timeToLive: 10 * second, vary: ["Accept-Language"])
    }
    func ask(_ user: String, _ language: String = "en", _ path: String = "/r") -> GatewayAnswer {
      stage.ask(
        "GET", path, headers: ["Authorization": GatewayStage.token(user), "Accept-Language": language])
    }
    _ = ask("u1")
    stage.now += 9 * second
    let hit = ask("u1")
    #expect(hit.log.isCached)
    #expect(hit.response.headers["Age"] == "9")
    #expect(hit.phases == [.pre, .post])
    #expect(stage.calls.count == 1)
    _ = ask("u1", "de")
    _ = ask("u2")
    _ = ask("u1", "en", "/r?page=2")
    #expect(stage.calls.count == 4, "another language, user or query is another answer")
    stage.now += second
    #expect(!ask("u1").log.isCached)
    stage.answer = .success(GatewayResponse(404))
    _ = ask("u3")
    #expect(!ask("u3").log.isCached, "only what was found is kept")
    let snapshot = stage.gateway.snapshot(now: stage.now)
    #expect(snapshot.cacheHits == 1)
    #expect(snapshot.cacheMisses == 7)
  }

  /// All who come with the web shop's key are one client, and each has answers of his own.
  @Test func usersOfOneClientHaveAnswersOfTheirOwn() throws {
    var stage = try stage(ClientPlan("default")) { $0.cache = ResponseCacheRule(timeToLive: 10 * second) }
    for user in ["u1", "u2"] {
      let answer = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token(user), "X-API-Key": "k1"])
      #expect(!answer.log.isCached && answer.log.client == "app")
    }
    #expect(stage.calls.count == 2)
  }

  /// A name that a user chose is no client's.
  @Test func aUserCalledLikeAClientIsAnother() throws {
    var stage = try stage(ClientPlan("default"))
    _ = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token("app")])
    _ = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token("u1"), "X-API-Key": "k1"])
    let clients = stage.gateway.snapshot(now: stage.now).clients
    #expect(clients.map(\.id) == ["app", "app"] && clients.allSatisfy { $0.meter.calls == 1 })
  }

  @Test(arguments: UInt64(1)...50) func neverMoreThanCapacityAndRateAllow(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let rule = TokenBucketRule(capacity: 1 + random.below(5), refillPerSecond: 1 + random.below(20))
    var bucket = TokenBucket(rule, now: epoch)
    var passed: [Int64] = []
    var now = epoch
    for step in 0..<300 {
      now += Int64(random.below(100_000_000))
      if let wait = bucket.take(now: now) {
        var early = bucket
        var later = bucket
        #expect(early.take(now: now + wait - 1) != nil, "seed \(seed), step \(step)")
        #expect(later.take(now: now + wait) == nil, "seed \(seed), step \(step): the wait it names is enough")
      } else {
        passed.append(now)
      }
    }
    var isWithin = true
    for (index, start) in passed.enumerated() {
      for (further, end) in passed[index...].enumerated() {
        let allowed = Int64(rule.capacity) * second + (end - start) * Int64(rule.refillPerSecond)
        if Int64(further + 1) * second > allowed { isWithin = false }
      }
    }
    #expect(isWithin, "seed \(seed)")
  }

  @Test func theBookOfClientsIsBoundedAndItsSumsStayRight() {
    var book = ClientBook(limit: 10)
    let rule = TokenBucketRule(capacity: 1, refillPerSecond: 1)
    for number in 0..<100 {
      _ = book.take(rule, client: .client("c\(number)"), now: epoch)
      book.meter(.client("c\(number)"), now: epoch) { $0.calls += 1 }
    }
    #expect(book.meters.count <= 10)
    #expect(book.meters.reduce(book.others.calls) { $0 + $1.meter.calls } == 100)
  }
}
