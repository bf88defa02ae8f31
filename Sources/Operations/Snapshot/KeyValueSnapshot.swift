/// What one service keeps in a key-value store that several share: the keys that begin alike. How full the store is, and
/// what ails it, stands in ``EdgeSnapshot/keyValueStore``.
public struct KeyValueSnapshot: Sendable, Equatable, Codable {
  /// What the entries are: `carts`.
  public var name: String
  /// How their keys begin: `cart:`.
  public var prefix: String
  /// Who writes them.
  public var service: String
  public var entries = 0
  public var bytes = 0
  /// Nanoseconds until the next of them ends, above 0; nil when none does.
  public var nextEnd: Int64?
  /// Since the start: reads that found an entry, and that did not.
  public var hits: UInt64 = 0
  public var misses: UInt64 = 0
  /// Since the start: entries whose time had come, and writes for which there was no memory.
  public var expired: UInt64 = 0
  public var refused: UInt64 = 0

  public init(name: String, prefix: String, service: String) {
    self.name = name
    self.prefix = prefix
    self.service = service
  }

  public var reads: UInt64 {
    let (sum, overflows) = hits.addingReportingOverflow(misses)
    return overflows ? .max : sum
  }

  /// 0…1; nil before the first read.
  public var hitRate: Double? { reads == 0 ? nil : Double(hits) / Double(reads) }
}
