public import TraceModel

/// Things that belong together in one transaction: `order PAID ↔ charge ↔ reservation`.
///
/// What was done less what was undone must be the same in all legs. The first leg is the one that the others are
/// measured by: it is what the customer is told.
public struct ReconciliationRule: Sendable, Hashable {
  public struct Leg: Sendable, Hashable {
    public var service: String
    public var kind: String
    public var measure: Measure

    public init(_ service: String, _ kind: String, _ measure: Measure = .amount) {
      self.service = service
      self.kind = kind
      self.measure = measure
    }
  }

  /// What of a leg is compared with the first one.
  public enum Measure: String, Sendable, Hashable, Codable {
    /// The net amount.
    case amount
    /// Whether it was done and not undone, as often as the first leg: its amount is in another unit.
    case count
  }

  public var name: String
  /// Two or more.
  public var legs: [Leg]

  public init(_ name: String, _ legs: [Leg]) {
    precondition(legs.count >= 2, "rule \"\(name)\" compares \(legs.count) legs: it takes two")
    for (index, leg) in legs.enumerated() {
      let isTwice = legs[..<index].contains { $0.service == leg.service && $0.kind == leg.kind }
      precondition(!isTwice, "rule \"\(name)\" has leg \(leg.service) \(leg.kind) twice")
    }
    self.name = name
    self.legs = legs
  }

  /// What there is of one leg.
  public struct Net: Sendable, Hashable {
    public var amount: Int64
    public var count: Int64
  }

  /// What one leg should be, by the first one.
  func expected(_ index: Int, _ nets: [Net]) -> Int64 {
    legs[index].measure == .amount ? nets[0].amount : nets[0].count
  }

  func actual(_ index: Int, _ nets: [Net]) -> Int64 {
    legs[index].measure == .amount ? nets[index].amount : nets[index].count
  }

  func isBalanced(_ nets: [Net]) -> Bool {
    legs.indices.dropFirst().allSatisfy { expected($0, nets) == actual($0, nets) }
  }
}

/// Legs of one transaction that do not agree.
public struct Mismatch: Sendable, Hashable {
  public struct Leg: Sendable, Hashable {
    public var leg: ReconciliationRule.Leg
    /// By the first leg.
    public var expected: Int64
    public var actual: Int64
  }

  public var rule: String
  public var gtxid: GTXID
  public var subject: String
  /// All of the rule, in its order.
  public var legs: [Leg]
  /// When the transaction's newest entry was written, since which nothing has made them agree: nanoseconds since the
  /// Unix epoch.
  public var since: Int64

  /// What would make the legs agree, if the first one is right.
  public var repairs: [Repair] {
    legs.filter { $0.actual != $0.expected }.map { leg in
      Repair(
        rule: rule, gtxid: gtxid, subject: subject, leg: leg.leg, change: leg.expected - leg.actual)
    }
  }
}

/// One thing to do so that a transaction's legs agree: charge 30 more (+30), refund 30 (−30). The service that does it
/// writes its audit entry as for any other work, and the mismatch vanishes with that.
public struct Repair: Sendable, Hashable {
  public var rule: String
  public var gtxid: GTXID
  public var subject: String
  public var leg: ReconciliationRule.Leg
  /// In the leg's measure; never 0. Below 0 something is to be undone.
  public var change: Int64

  /// The same for the same repair, so that it can be carried out twice without harm.
  public var id: String { "repair/\(rule)/\(gtxid.hex)/\(leg.service)/\(leg.kind)/\(change)" }
}
