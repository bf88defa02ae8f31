public import Platform

/// How the gateways and the tokens of a run are set up.
public struct EdgeSettings: Sendable {
  /// What becomes of a token while the key-value store cannot say whether it was revoked.
  public var revocationPolicy = RevocationPolicy.failClosed
  /// Seconds for which a token is good.
  public var tokenLifetime: Int64 = 900
  /// Filters that the gateways do not run, by name: to see what each of them is good for.
  public var filtersLeftOut: Set<String> = []
  /// Whether gateways translate JSON into protobuf where the service behind takes both; false: JSON goes through.
  public var translates = true
  /// Whether streams have threads of their own; false: they take those of all other calls.
  public var separatesStreams = true
  /// Bytes of the key-value store.
  public var keyValueBytes = 4 << 20
  /// Nanoseconds for which a product page is good for others; nil: each is composed anew, and its calls are seen.
  public var pageCache: Int64?
  /// What a partner may do: so many calls at once and a second at each instance of the gateway, and so many a day.
  public var partnerLimit = TokenBucketRule(capacity: 40, refillPerSecond: 20)
  public var partnerQuota = 100_000

  public init() {}
}

extension RevocationPolicy {
  private static let typed: [(word: String, policy: RevocationPolicy)] = [("closed", .failClosed), ("open", .failOpen)]

  static var words: [String] { typed.map(\.word) }

  init?(word: String) {
    guard let found = Self.typed.first(where: { $0.word == word }) else { return nil }
    self = found.policy
  }

  /// As it is typed: `closed`
  var word: String { self == .failOpen ? "open" : "closed" }
}
