internal import Crypto

/// Tokens whose signature was found right: each is read and verified once, however often it is sent.
///
/// A token is known by the SHA-256 of its text, so that none can be read out of here. What may change with time, or by a
/// logout, is asked anew each time: the expiry here, the revocation by ``RevocationList``.
struct VerifiedTokens: Sendable {
  private struct Key: Hashable, Sendable {
    var words: (UInt64, UInt64, UInt64, UInt64)

    init(_ token: String) {
      var hash = SHA256()
      var token = token
      token.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
      words = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64, UInt64, UInt64).self) }
    }

    static func == (left: Key, right: Key) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
  }

  private var claims: LRUTable<Key, TokenClaims>
  private(set) var verifications = 0

  /// How many tokens are known.
  var count: Int { claims.count }

  init(capacity: Int) { claims = LRUTable(capacity: capacity) }

  /// As ``TokenAuthority/verify(_:use:now:)``.
  mutating func verify(
    _ token: String, by authority: TokenAuthority, now: Int64
  ) throws(TokenRefusal) -> TokenClaims {
    let key = Key(token)
    if let known = claims[key] {
      try authority.check(known, use: .access, now: now)
      return known
    }
    verifications += 1
    let found = try authority.verify(token, now: now)
    // Of those that have expired none is asked for again, save by mistake.
    let latest = now / .nanosecondsPerSecond
    claims.removeOldest { $0.expiresAt.saturatingAdd(authority.settings.leeway) <= latest }
    claims[key] = found
    return found
  }
}
