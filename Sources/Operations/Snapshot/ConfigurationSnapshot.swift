/// The configuration of a system, which is pushed to its instances without a restart.
public struct ConfigurationSnapshot: Sendable, Codable, Equatable {
  public struct Entry: Sendable, Codable, Equatable {
    public let key: String
    public var value: String
    /// `payment>payment-gateway.breaker`, of which the key is a setting; empty for what is about no breaker.
    public let breaker: String
    /// What follows the breaker in the key: `sliding-window-size`; else all of it.
    public let ownName: String

    /// The others follow from these.
    private enum CodingKeys: String, CodingKey {
      case key, value
    }

    public init(key: String, value: String) {
      self.key = key
      self.value = value
      if let separator = key.utf8.firstRange(of: ".breaker.".utf8) {
        breaker = String(key[..<key.utf8.index(before: separator.upperBound)])
        ownName = String(key[separator.upperBound...])
      } else {
        breaker = ""
        ownName = key
      }
    }

    public init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        key: try values.decode(String.self, forKey: .key), value: try values.decode(String.self, forKey: .value))
    }

    /// Whether a change of it makes a breaker that is closed begin a new window.
    public var renewsWindow: Bool { !breaker.isEmpty && ownName.hasPrefix("sliding-window-") }
  }

  /// 1, 2, 3 …: a roll-back is a new version, too.
  public var version: Int
  public var published: Int64
  public var author: String
  /// The version whose values it has again; nil when it is no roll-back.
  public var rolledBackTo: Int?
  /// By key.
  public var entries: [Entry] = []
  /// What the version changed against the one before: `order.pool 10 → 20`.
  public var changes: [String] = []
  /// Instances that run it, of those that have subscribed.
  public var upToDate = 0
  public var instances = 0
  /// Versions that can be gone back to.
  public var oldestKept = 1

  public init(version: Int, published: Int64, author: String) {
    self.version = version
    self.published = published
    self.author = author
  }
}
