import FoundationEssentials
import JWTKit
import TestSupport
import Testing

@testable import Platform

@Suite struct TokenTests {
  private static let secret = Array("a secret of thirty-two bytes, no less".utf8)
  private let authority = TokenAuthority(secret: secret)

  private struct Claims: JWTPayload {
    var sub: SubjectClaim
    var exp: ExpirationClaim
    var jti: IDClaim
    var roles: [String]
    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  @Test func equalClaimsGiveEqualTokens() throws {
    let one = authority.issue(subject: "u1", roles: ["customer"], id: "t1", now: epoch)
    #expect(one == authority.issue(subject: "u1", roles: ["customer"], id: "t1", now: epoch))
    #expect(one.claims.expiresAt == epoch / second + 900)
    #expect(try authority.verify(one.text, now: epoch) == one.claims)
  }

  @Test func anotherImplementationOfTheStandardAcceptsThem() async throws {
    let keys = await JWTKeyCollection().add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256)
    let issued = authority.issue(subject: "u1", roles: ["customer", "seller"], id: "t1", now: epoch)
    let claims = try await keys.verify(issued.text, as: Claims.self)
    #expect(claims.sub.value == "u1")
    #expect(claims.jti.value == "t1")
    #expect(claims.roles == ["customer", "seller"])
    #expect(Int64(claims.exp.value.timeIntervalSince1970) == issued.claims.expiresAt)
  }

  @Test func timeIsTheOneThatIsHandedIn() throws {
    let token = authority.issue(subject: "u1", roles: [], id: "t1", now: epoch)
    let end = token.claims.expiresAt * second
    #expect(throws: Never.self) { try authority.verify(token.text, now: end - 1) }
    #expect(throws: TokenRefusal.expired(end / second)) { try authority.verify(token.text, now: end) }
    #expect(throws: TokenRefusal.issuedInTheFuture(epoch / second)) {
      try authority.verify(token.text, now: epoch - second)
    }
    let patient = TokenAuthority(secret: Self.secret, settings: TokenSettings(leeway: 5))
    #expect(throws: Never.self) { try patient.verify(token.text, now: end + 4 * second) }
    #expect(throws: Never.self) { try patient.verify(token.text, now: epoch - 5 * second) }
  }

  @Test func whatWasChangedOrSignedOtherwiseIsRefused() throws {
    let token = authority.issue(subject: "u1", roles: [], id: "t1", now: epoch)
    let other = TokenAuthority(secret: Array("another secret of thirty-two bytes".utf8))
    #expect(throws: TokenRefusal.wrongSignature) { try other.verify(token.text, now: epoch) }
    var parts = token.text.split(separator: ".").map(String.init)
    let forged = authority.issue(subject: "root", roles: ["admin"], id: "t1", now: epoch)
    parts[1] = forged.text.split(separator: ".").map(String.init)[1]
    #expect(throws: TokenRefusal.wrongSignature) {
      try authority.verify(parts.joined(separator: "."), now: epoch)
    }
    let none = Base64URL.text(of: Array(#"{"alg":"none","typ":"JWT"}"#.utf8)) + "." + parts[1] + "."
    #expect(throws: TokenRefusal.wrongAlgorithm("none")) { try authority.verify(none, now: epoch) }
    for text in ["", "a.b", "a.b.c", "....", String(token.text.dropFirst(3))] {
      #expect(throws: TokenRefusal.malformed) { try authority.verify(text, now: epoch) }
    }
  }

  @Test func verifiedTokensAreForgottenOnceTheyHaveExpired() throws {
    var verified = VerifiedTokens(capacity: 4_096)
    var most = 0
    for minute in 0..<600 as Range<Int64> {
      let now = epoch + minute * 60 * second
      let token = authority.issue(subject: "u1", roles: [], id: "t\(minute)", now: now)
      for _ in 0..<3 { #expect(try verified.verify(token.text, by: authority, now: now) == token.claims) }
      most = max(most, verified.count)
    }
    #expect(verified.verifications == 600, "each is verified once")
    #expect(most == 15, "a token lives for a quarter of an hour")
  }

  @Test func aRefreshTokenIsOnlyGoodForNewTokens() throws {
    let refresh = authority.issue(subject: "u1", roles: ["customer"], id: "r1", use: .refresh, now: epoch)
    #expect(throws: TokenRefusal.wrongUse(.refresh)) { try authority.verify(refresh.text, now: epoch) }
    let later = epoch + 3_600 * second
    let claims = try authority.verify(refresh.text, use: .refresh, now: later)
    let pair = try authority.refresh(claims, accessID: "t2", refreshID: "r2", now: later)
    #expect(try authority.verify(pair.access.text, now: later).roles == ["customer"])
    #expect(try authority.verify(pair.refresh.text, use: .refresh, now: later).id == "r2")
    let access = pair.access.claims
    #expect(throws: TokenRefusal.wrongUse(.access)) {
      _ = try authority.refresh(access, accessID: "t3", refreshID: "r3", now: later)
    }
  }

  @Test func aRevocationLivesAsLongAsItsToken() throws {
    let store = TestStore()
    let claims = authority.issue(subject: "u1", roles: [], id: "t1", now: epoch).claims
    let later = epoch + 600 * second
    #expect(try RevocationList.revoke(claims, in: store, now: later))
    #expect(try RevocationList.isRevoked("t1", in: store, now: later))
    #expect(try !RevocationList.isRevoked("t2", in: store, now: later))
    let end = claims.expiresAt * second
    #expect(try RevocationList.isRevoked("t1", in: store, now: end - 1))
    #expect(try !RevocationList.isRevoked("t1", in: store, now: end))
    #expect(try !RevocationList.revoke(claims, in: store, now: end), "what has expired needs no revocation")
    store.failure = "key-value store is full"
    #expect(throws: KeyValueUnavailable.self) { try RevocationList.revoke(claims, in: store, now: later) }
  }

  @Test func withoutTheStoreThePolicyDecides() {
    let away = Result<[UInt8]?, KeyValueUnavailable>.failure(KeyValueUnavailable(reason: "down"))
    #expect(RevocationVerdict(away, policy: .failClosed) == .refusedUnchecked(reason: "down"))
    #expect(RevocationVerdict(away, policy: .failOpen) == .admittedUnchecked(reason: "down"))
    #expect(RevocationVerdict(.success(nil), policy: .failClosed) == .valid)
    #expect(RevocationVerdict(.success([1]), policy: .failOpen) == .revoked)
  }
}
