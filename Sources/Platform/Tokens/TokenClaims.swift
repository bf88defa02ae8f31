/// What a token is good for.
public enum TokenUse: String, Sendable, Hashable {
  case access
  /// Only for new tokens.
  case refresh
}

/// What a token says.
public struct TokenClaims: Sendable, Hashable {
  /// The user (`sub`).
  public var subject: String
  public var roles: [String]
  /// Seconds since the Unix epoch (`iat`).
  public var issuedAt: Int64
  /// Seconds since the Unix epoch (`exp`): from then on it is refused.
  public var expiresAt: Int64
  /// Unique (`jti`): what a revocation names.
  public var id: String
  public var use: TokenUse

  public init(
    subject: String, roles: [String], issuedAt: Int64, expiresAt: Int64, id: String, use: TokenUse = .access
  ) {
    self.subject = subject
    self.roles = roles
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.id = id
    self.use = use
  }

  /// Nanoseconds until it expires; 0 when it has.
  public func timeLeft(now: Int64) -> Int64 {
    max(0, expiresAt.saturatingMultiply(.nanosecondsPerSecond).saturatingAdd(-now))
  }
}

/// Why a token is not accepted.
public enum TokenRefusal: Error, Hashable, Sendable {
  case malformed
  case wrongAlgorithm(String)
  case wrongSignature
  /// Since then: seconds since the Unix epoch.
  case expired(Int64)
  /// Issued later than now: seconds since the Unix epoch. A clock is wrong, here or there.
  case issuedInTheFuture(Int64)
  /// A refresh token where an access token is wanted, or the other way round.
  case wrongUse(TokenUse)
}

extension TokenRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed: "the token is malformed: it must be a JWT with sub, roles, iat, exp, jti and use"
    case .wrongAlgorithm(let name): "the token is signed with \(name), it must be HS256"
    case .wrongSignature: "the token's signature is wrong: another key signed it, or it was changed"
    case .expired(let time): "the token expired at \(time): log in or refresh it"
    case .issuedInTheFuture(let time): "the token was issued at \(time), which is yet to come: the clocks differ"
    case .wrongUse(let use): "this is \(use == .access ? "an access" : "a refresh") token, the other kind is wanted"
    }
  }
}
