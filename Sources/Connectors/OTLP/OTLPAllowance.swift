/// What may still be made of a request whose spans are read without making messages of them.
struct OTLPAllowance {
  /// Messages that were made, and groups, scopes and spans that stand for one each.
  private var made = 0
  /// What was read without.
  private var plain = 0

  /// False when there are more than are made of one request.
  mutating func make(_ count: Int = 1) -> Bool {
    made += count
    return made <= OTLPParts.most
  }

  /// False when there are more than are read of one request.
  mutating func read(_ count: Int = 1) -> Bool {
    plain += count
    return plain <= OTLPParts.mostPlain
  }
}
