import Operations
import Platform
import Simulation
import Testing
import TraceModel
import Transactions

@testable import Shop

/// Row 16: tokens are given for a password, are good for a while, and are refused after logging out.
@Suite struct Row16TokensTests {
  private static let profile = Request("GET /members/me")
  private static let second: Int64 = 1_000_000_000

  private static func token(_ response: Response) throws -> String { try #require(response.body.token) }

  @Test func signsUpAndLogsIn() throws {
    let stage = Stage()
    var body = Payload(user: "guest-1")
    body.password = "a good password"
    let request = Request("POST /members", body: body)
    #expect(stage.ask(request, by: nil).status == 201)
    #expect(stage.ask(request, by: nil).status == 409)
    body.password = "short"
    #expect(stage.ask(Request("POST /members", body: body), by: nil).status == 400)
    #expect(stage.logIn("guest-1", password: "a bad password").status == 401)
    #expect(stage.logIn("nobody").status == 401)
    let token = try Self.token(stage.logIn("guest-1", password: "a good password"))
    let profile = stage.ask(Self.profile, by: "guest-1", token: token)
    #expect(profile.status == 200 && profile.body.user == "guest-1" && profile.body.roles == [MemberRole.customer])
    #expect(stage.world.edge.signUps == 1 && stage.world.edge.logIns == 1 && stage.world.edge.refusedLogins == 2)
    stage.rest()
    #expect(stage.problems() == [])
  }

  @Test func passwordsAreNotStored() throws {
    let stage = Stage()
    let rows = try #require(
      try stage.world.disk(of: ShopPlan.member)?.database.read {
        try $0.all("SELECT name, salt, digest FROM member ORDER BY name") { row in
          (name: row.value(0) as String, salt: row.value(1) as String, digest: row.value(2) as String)
        }
      })
    #expect(rows.count == 18 && Set(rows.map(\.salt)).count == 18 && Set(rows.map(\.digest)).count == 18)
    for row in rows {
      #expect(row.digest.utf8.count == 64 && row.digest.allSatisfy(\.isHexDigit))
      let expected = PasswordDigest.of(Accounts.password(of: row.name), salt: Array(row.salt.utf8))
      #expect(row.digest == PasswordDigest.hex(expected))
    }
  }

  /// The first block of PBKDF2 with HMAC-SHA-256, against the definition (RFC 8018) with one round folded in.
  @Test func digestDependsOnPasswordAndSalt() {
    let digest = PasswordDigest.of("password", salt: Array("salt".utf8))
    #expect(digest == PasswordDigest.of("password", salt: Array("salt".utf8)))
    #expect(digest != PasswordDigest.of("password", salt: Array("pepper".utf8)))
    #expect(digest != PasswordDigest.of("passwort", salt: Array("salt".utf8)))
    #expect(PasswordDigest.areEqual(digest, digest) && !PasswordDigest.areEqual(digest, Array(digest.dropLast())))
  }

  @Test func tokenIsRefusedAfterLoggingOutBeforeItExpires() throws {
    let stage = Stage()
    let token = try Self.token(stage.logIn())
    let other = try Self.token(stage.logIn())
    #expect(stage.ask(Self.profile, token: token).status == 200)
    stage.run(60)
    #expect(stage.ask(Request("POST /logout"), token: token).status == 204)
    let claims = try stage.world.tokens.verify(token, now: stage.world.time.now)
    // The entry lives as long as the token would have.
    let entries = stage.world.keyValueStore.entries(withPrefix: "revoked:", limit: 10)
    #expect(entries.map(\.key) == ["revoked:\(claims.id)"] && entries.first.map { $0.value } == Array("kim".utf8))
    let late = try #require(entries.first?.timeLeft) - claims.timeLeft(now: stage.world.time.now)
    // It began when the store had it, a little later.
    #expect(late >= 0 && late < 2_000_000)
    let refused = stage.ask(Self.profile, token: token)
    #expect(refused.status == 401 && refused.body.text("title") == "revoked-token")
    #expect(stage.filterSpans(refused).first?.message == "401 revoked-token")
    #expect(stage.refusals(.revokedToken) == 1)
    // Of the same user, and not given back.
    #expect(stage.ask(Self.profile, token: other).status == 200)
    let shown = stage.snapshot().edge
    #expect(shown.revoked.map(\.user) == ["kim"] && shown.revokedCount == 1 && shown.members.logOuts == 1)
    stage.run(900)
    #expect(stage.world.keyValueStore.entries(withPrefix: "revoked:", limit: 10).isEmpty)
    #expect(stage.ask(Self.profile, token: token).body.text("title") == "expired-token")
  }

  /// The twin: without the look-up a token that was given back opens the door.
  @Test func withoutTheLookUpARevokedTokenPasses() throws {
    let stage = Stage { $0.edge.filtersLeftOut = ["revocation"] }
    let token = try Self.token(stage.logIn())
    #expect(stage.ask(Request("POST /logout"), token: token).status == 204)
    #expect(stage.ask(Self.profile, token: token).status == 200)
  }

  @Test func tokenExpires() throws {
    let stage = Stage { $0.edge.tokenLifetime = 60 }
    let token = try Self.token(stage.logIn())
    stage.run(55)
    #expect(stage.ask(Self.profile, token: token).status == 200)
    stage.run(6)
    let refused = stage.ask(Self.profile, token: token)
    #expect(refused.status == 401 && refused.body.text("title") == "expired-token")
    #expect(stage.refusals(.expiredToken) == 1)
    #expect(stage.ask(Self.profile, token: try Self.token(stage.logIn())).status == 200)
  }

  @Test func anotherSecretsTokensAreRefused() {
    let (stage, other) = (Stage(seed: 1), Stage(seed: 2))
    #expect(stage.ask(Self.profile, token: other.token(of: "kim")).body.text("title") == "invalid-token")
    #expect(stage.refusals(.invalidToken) == 1)
  }

  @Test func rolesOfAMemberComeWithTheNextToken() throws {
    let stage = Stage()
    var body = Payload()
    body.roles = [MemberRole.customer, MemberRole.operator]
    let promote = Request("PUT /members/{name}/roles", argument: "kim", body: body)
    let inside = ShopPlan.gatewayInternal
    #expect(stage.ask(promote, of: inside, by: "mori", roles: [MemberRole.operator]).status == 403)
    #expect(stage.ask(promote, of: inside, by: "ahn", roles: [MemberRole.admin]).status == 204)
    let token = try Self.token(stage.logIn())
    #expect(stage.ask(Request("GET /items/{sku}", argument: "sku-01"), of: inside, token: token).status == 200)
    body.roles = ["king"]
    let wrong = Request("PUT /members/{name}/roles", argument: "kim", body: body)
    #expect(stage.ask(wrong, of: inside, by: "ahn", roles: [MemberRole.admin]).status == 400)
  }

  // MARK: The key-value store

  @Test func failsClosedWhileTheStoreIsDown() throws {
    let stage = Stage(faults: ["kv:down,ttl=20s"])
    let refused = stage.ask(Self.profile)
    #expect(refused.status == 503 && refused.body.text("title") == "revocation-unknown")
    #expect(refused.body.reason?.contains("key-value store refuses the connection") == true)
    #expect(stage.refusals(.revocationUnknown) == 1)
    #expect(stage.snapshot().service(ShopPlan.gateway)?.health == .degraded)
    #expect(stage.world.faults.armed.first.map { $0.hits > 0 } == true)
    let shown = stage.snapshot().edge
    #expect(shown.keyValueStore?.ailment == "key-value store refuses the connection")
    #expect(shown.gateway("gateway")?.failsOpen == false)
    stage.run(26)
    #expect(stage.ask(Self.profile).status == 200)
    #expect(stage.snapshot().service(ShopPlan.gateway)?.health == .up)
  }

  @Test func failsOpenWhereThatIsConfigured() throws {
    let stage = Stage(faults: ["kv:down"]) { $0.edge.revocationPolicy = .failOpen }
    let passed = stage.ask(Self.profile)
    #expect(passed.status == 200 && Stage.header(GatewayService.unchecked, passed) == "fail-open")
    let subject = stage.filterSpans(passed).first?[attribute: AttributeName.subject]
    #expect(subject == .text("unchecked, fails open: key-value store refuses the connection"))
    let gateway = try #require(stage.snapshot().edge.gateway("gateway"))
    #expect(gateway.failsOpen && gateway.unchecked == 1 && stage.refusals(.revocationUnknown) == 0)
    // With the store there nothing is marked.
    stage.world.faults.removeAll()
    #expect(Stage.header(GatewayService.unchecked, stage.ask(Self.profile)) == nil)
  }

  @Test func slowStoreDelaysAndIsWaitedForHalfASecond() throws {
    let stage = Stage(faults: ["kv:slow=200ms,ttl=5s"])
    let late = stage.ask(Self.profile, seconds: 1)
    let wait = try #require(stage.filterSpans(late).first { $0.operation == "PRE auth" }?.duration)
    #expect(late.status == 200 && wait > 200_000_000 && wait < 210_000_000)
    stage.run(6)
    stage.arm("kv:slow=2s,ttl=5s")
    let refused = stage.ask(Self.profile, seconds: 1)
    #expect(refused.status == 503 && refused.body.reason?.contains("does not answer in 500 ms") == true)
  }

  @Test(arguments: [false, true]) func fullStoreCannotRevoke(isReallyFull: Bool) throws {
    let stage = Stage { if isReallyFull { $0.edge.keyValueBytes = 60 } }
    if !isReallyFull { stage.arm("kv:full") }
    let token = try Self.token(stage.logIn())
    let answer = stage.ask(Request("POST /logout"), token: token, seconds: 4)
    #expect(answer.status >= 500 && answer.body.reason?.contains("key-value store is full") == true)
    #expect(stage.world.edge.failedLogOuts > 0 && stage.world.edge.logOuts == 0)
    // It says that it did not work, because it did not.
    #expect(stage.ask(Self.profile, token: token).status == 200)
  }

  // MARK: Ten minutes

  /// What was answered to somebody who has logged in, in the order in which it came, as the spans of the gateway say.
  private struct Visit {
    var route: String
    var status: Int
    var start: Int64
    var reason: String?
  }

  /// By who came: those who have made an account for it, each of whom comes once.
  private static func visits(_ stage: Stage) -> [String: [Visit]] {
    var visits: [String: [Visit]] = [:]
    for trace in stage.tracesOfAll() {
      guard let root = trace.first(where: { $0.parent == nil }), let status = root.httpStatus,
        let guest = trace.lazy.compactMap({ $0.text(AttributeName.subject) }).first(where: { $0.hasPrefix("guest-") })
      else { continue }
      let reason = trace.lazy.compactMap { $0.text(GatewayTrail.reason) }.first
      visits[guest, default: []].append(
        Visit(route: root.operation, status: status, start: root.start, reason: reason))
    }
    return visits.mapValues { $0.sorted { $0.start < $1.start } }
  }

  /// Those who come back after they have logged out: how often they were refused, and how often let in.
  private static func lateUses(_ stage: Stage) -> (refused: Int, passed: Int) {
    var uses = (refused: 0, passed: 0)
    for visits in visits(stage).values {
      guard let logOut = visits.firstIndex(where: { $0.route == "POST /logout" && $0.status == 204 }) else { continue }
      for late in visits[(logOut + 1)...] {
        if late.status == 401, late.reason == GatewayReason.revokedToken.rawValue { uses.refused += 1 }
        if late.status < 400 { uses.passed += 1 }
      }
    }
    return uses
  }

  /// Customers who log out and try again are refused, every time; with the look-up left out they are not.
  @Test(arguments: [false, true]) func holdsForTenMinutes(isLeftOut: Bool) {
    let stage = Stage(seed: 16, rate: 2) {
      $0.mix = .ordinary
      $0.mix.journeys.append((.member, 100))
      $0.edge.tokenLifetime = 120
      $0.edge.filtersLeftOut = isLeftOut ? ["revocation"] : []
    }
    stage.run(600)
    let (late, roots) = (Self.lateUses(stage), stage.roots())
    #expect(late.refused + late.passed > 20)
    #expect((late.passed == 0) != isLeftOut && (late.refused == 0) == isLeftOut, "\(late)")
    #expect(roots.count { $0.operation == "POST /logout" && $0.httpStatus == 204 } > 300)
    // Everybody who has signed up has a row for a while, and nobody who knows a password is kept out.
    let since = stage.world.time.now - 300_000_000_000
    let guests = Self.visits(stage).filter { $0.value[0].start > since }.map(\.key)
    #expect(guests.count > 30 && Set(guests).isSubset(of: stage.texts(ShopPlan.member, "SELECT name FROM member")))
    #expect(roots.allSatisfy { $0.operation != "POST /login" || $0.httpStatus == 200 })
    // Tokens of customers are renewed before they expire: nobody runs into it.
    let reasons = Set(stage.tracesOfAll().joined().compactMap { $0.text(GatewayTrail.reason) })
    #expect(reasons == (isLeftOut ? [] : [GatewayReason.revokedToken.rawValue]))
    // Two minutes' worth is all that the store holds.
    let entries = stage.world.keyValueStore.entries(withPrefix: RevocationList.key(of: ""), limit: 1_000)
    #expect(entries.count > 40 && entries.count < 160)
    stage.world.customers.close()
    stage.run(60)
    #expect(stage.problems() == [])
  }
}
