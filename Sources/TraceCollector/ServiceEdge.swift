/// Who calls whom, or whose records whom reach.
public struct ServiceEdge: Sendable, Equatable, Codable {
  public enum Kind: UInt8, Sendable, Codable, CaseIterable {
    /// A CLIENT span; the callee is the one that answered, or the one that the caller names.
    case call
    /// A PRODUCER span and a CONSUMER span that it caused.
    case message
    /// A CLIENT span that speaks to a database, which reports nothing itself.
    case database
  }

  public var caller: String
  public var callee: String
  public var kind: Kind
  /// Within the last minute.
  public var calls: Int
  public var errors: Int
  /// Calls a second over the last minute.
  public var rate: Double
  /// Since the store was made.
  public var totalCalls: Int
  /// Since the store was made.
  public var totalErrors: Int

  public init(
    caller: String, callee: String, kind: Kind, calls: Int, errors: Int, rate: Double, totalCalls: Int, totalErrors: Int
  ) {
    self.caller = caller
    self.callee = callee
    self.kind = kind
    self.calls = calls
    self.errors = errors
    self.rate = rate
    self.totalCalls = totalCalls
    self.totalErrors = totalErrors
  }

  /// From 0 to 1; nil when there was no call in the last minute.
  public var errorShare: Double? { calls > 0 ? Double(errors) / Double(calls) : nil }
}

/// Who calls whom, seen from both sides.
public struct ServiceGraphEdge: Sendable, Equatable, Codable {
  public var caller: String
  /// Whom the caller names, or, where it names nobody, the service that answered. Of a database its name
  /// (`db.namespace`, `db.name`), or else the server's, or else the system's.
  public var callee: String
  public var kind: ServiceEdge.Kind
  /// What CLIENT and PRODUCER spans say of the last minute; percentiles may reach back up to 20 s further. Nil when no
  /// such span is known.
  public var client: RedFigures?
  /// What the SERVER and CONSUMER spans on the other side say of it. Nil when none is known, as of databases.
  public var server: RedFigures?

  public init(
    caller: String, callee: String, kind: ServiceEdge.Kind, client: RedFigures? = nil, server: RedFigures? = nil
  ) {
    self.caller = caller
    self.callee = callee
    self.kind = kind
    self.client = client
    self.server = server
  }
}
