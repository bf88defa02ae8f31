/// The configuration of a system, which is pushed to its instances without a restart.
public struct ConfigurationSnapshot: Sendable, Codable, Equatable {
  public struct Entry: Sendable, Codable, Equatable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
      self.key = key
      self.value = value
    }
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
