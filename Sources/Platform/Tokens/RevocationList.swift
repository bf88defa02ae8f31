/// Tokens that were revoked before they expire: entries of a key-value store that live as long as the token would.
public enum RevocationList {
  public static func key(of tokenID: String) -> String { "revoked:\(tokenID)" }

  /// What to write in order to revoke; nil when the token has expired already.
  public static func entry(revoking claims: TokenClaims, now: Int64, leeway: Int64 = 0) -> KeyValueEntry? {
    let left = claims.timeLeft(now: now.saturatingAdd(-leeway.saturatingMultiply(.nanosecondsPerSecond)))
    guard left > 0 else { return nil }
    return KeyValueEntry(key: key(of: claims.id), value: Array(claims.subject.utf8), timeToLive: left)
  }

  /// Revokes at once. False when the token has expired already.
  /// - Parameter leeway: seconds by which verifiers let a token live longer.
  @discardableResult
  public static func revoke(
    _ claims: TokenClaims, in store: some KeyValuePort, now: Int64, leeway: Int64 = 0
  ) throws(KeyValueUnavailable) -> Bool {
    guard let entry = entry(revoking: claims, now: now, leeway: leeway) else { return false }
    try store.set(entry, now: now)
    return true
  }

  public static func isRevoked(
    _ tokenID: String, in store: some KeyValuePort, now: Int64
  ) throws(KeyValueUnavailable) -> Bool {
    try store.value(of: key(of: tokenID), now: now) != nil
  }
}

/// What is done with a token of which the store cannot say whether it was revoked.
public enum RevocationPolicy: String, Sendable, Hashable, Codable {
  /// Refused: nobody gets in with a revoked token, and while the store is away nobody at all.
  case failClosed
  /// Admitted, and said to be unchecked.
  case failOpen
}

/// What the store said, in the words of the policy.
public enum RevocationVerdict: Sendable, Hashable {
  case valid
  case revoked
  /// The store was away, and the policy lets the token pass.
  case admittedUnchecked(reason: String)
  case refusedUnchecked(reason: String)

  /// - Parameter value: what the store has under the token's key.
  public init(_ value: Result<[UInt8]?, KeyValueUnavailable>, policy: RevocationPolicy) {
    self =
      switch value {
      case .success(let value): value == nil ? .valid : .revoked
      case .failure(let error):
        policy == .failOpen ? .admittedUnchecked(reason: error.reason) : .refusedUnchecked(reason: error.reason)
      }
  }
}
