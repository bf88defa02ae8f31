/// A fault that somebody set up.
public struct ArmedFault: Sendable, Codable {
  public var id: Int
  public var spec: FaultSpec
  public var armedAt: Int64
  /// When it ends by itself; nil: not.
  public var endsAt: Int64?
  /// False while it is switched off, its settings kept.
  public var isOn = true
  /// Requests or records a second that go where it is.
  public var touches = 0.0
  /// Calls, records and instances that it has hurt so far.
  public var hits: UInt64 = 0
  /// Transactions compensated since it was armed.
  public var compensatedSince = 0
  /// Breakers opened since it was armed.
  public var openedSince = 0

  public init(id: Int, spec: FaultSpec, armedAt: Int64, endsAt: Int64?) {
    self.id = id
    self.spec = spec
    self.armedAt = armedAt
    self.endsAt = endsAt
  }
}

/// What is broken now, and what can be.
public struct FaultBoard: Sendable, Codable {
  public var catalogue = FaultCatalogue()
  /// Oldest first.
  public var armed: [ArmedFault] = []
  /// What all services are built with from the start, where they can make that mistake.
  public var builtIn: [Mistake] = []

  public init() {}

  public func armed(on service: String) -> [ArmedFault] {
    armed.filter { $0.spec.target.service == service }
  }
}
