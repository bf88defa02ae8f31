/// How long tokens are good for; times in seconds.
public struct TokenSettings: Sendable, Hashable {
  public var accessLifetime: Int64
  public var refreshLifetime: Int64
  /// So far the clocks of issuer and verifier may differ.
  public var leeway: Int64

  public init(accessLifetime: Int64 = 900, refreshLifetime: Int64 = 86_400, leeway: Int64 = 0) {
    precondition(accessLifetime > 0 && refreshLifetime > 0 && leeway >= 0, "tokens live for 1 s at least")
    self.accessLifetime = accessLifetime
    self.refreshLifetime = refreshLifetime
    self.leeway = leeway
  }
}

/// A token, and what it says.
public struct IssuedToken: Sendable, Hashable {
  public var text: String
  public var claims: TokenClaims
}

/// Issues and verifies tokens with one secret: HS256, whose signatures are no matter of chance.
///
/// Ids are handed in, and so is the time: nanoseconds since the Unix epoch, cut off to the seconds that tokens carry.
public struct TokenAuthority: Sendable {
  public let settings: TokenSettings
  private let algorithm: HS256

  /// - Parameter secret: 32 bytes or more, as RFC 7518 wants for HS256.
  public init(secret: [UInt8], settings: TokenSettings = TokenSettings()) {
    precondition(secret.count >= 32, "the secret of HS256 has 32 bytes at least, not \(secret.count)")
    self.settings = settings
    algorithm = HS256(secret: secret)
  }

  /// - Parameter id: unique among all tokens; a revocation names it.
  public func issue(
    subject: String, roles: [String], id: String, use: TokenUse = .access, now: Int64
  ) -> IssuedToken {
    let seconds = now / .nanosecondsPerSecond
    let lifetime = use == .access ? settings.accessLifetime : settings.refreshLifetime
    let claims = TokenClaims(
      subject: subject, roles: roles, issuedAt: seconds, expiresAt: seconds + lifetime, id: id, use: use)
    return IssuedToken(text: claims.signed(with: algorithm), claims: claims)
  }

  /// What a token says, if it is ours, unchanged, of that use and not expired. Whether it was revoked is another
  /// question: ``RevocationList``.
  public func verify(_ token: String, use: TokenUse = .access, now: Int64) throws(TokenRefusal) -> TokenClaims {
    let claims = try TokenClaims(token: token, verifiedWith: algorithm)
    try check(claims, use: use, now: now)
    return claims
  }

  /// Whether claims whose signature was found right before still hold.
  func check(_ claims: TokenClaims, use: TokenUse, now: Int64) throws(TokenRefusal) {
    let seconds = now / .nanosecondsPerSecond
    // On the second of `exp` and after it the token must not be accepted (RFC 7519, 4.1.4).
    guard seconds < claims.expiresAt.saturatingAdd(settings.leeway) else { throw .expired(claims.expiresAt) }
    guard claims.issuedAt <= seconds.saturatingAdd(settings.leeway) else {
      throw .issuedInTheFuture(claims.issuedAt)
    }
    guard claims.use == use else { throw .wrongUse(claims.use) }
  }

  /// New tokens for a refresh token that was verified and is not revoked. The caller revokes the old one: each is good
  /// for one refresh, so that a stolen one is noticed.
  public func refresh(
    _ claims: TokenClaims, accessID: String, refreshID: String, now: Int64
  ) throws(TokenRefusal) -> (access: IssuedToken, refresh: IssuedToken) {
    guard claims.use == .refresh else { throw .wrongUse(claims.use) }
    return (
      issue(subject: claims.subject, roles: claims.roles, id: accessID, now: now),
      issue(subject: claims.subject, roles: claims.roles, id: refreshID, use: .refresh, now: now)
    )
  }
}
