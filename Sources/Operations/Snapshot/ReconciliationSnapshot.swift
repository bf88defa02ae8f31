public import TraceModel

/// What services say of the same transactions, held against each other by a batch job: those where they do not agree.
public struct ReconciliationSnapshot: Sendable, Equatable, Codable {
  /// Transactions that were compared and are remembered.
  public var compared = 0
  /// Those that do not agree yet, and have time left.
  public var waiting = 0
  /// All that do not agree, of which the oldest are listed.
  public var count = 0
  public var mismatches: [MismatchSnapshot] = []
  /// What happened up to this time is judged: nanoseconds since the Unix epoch; nil before the first run.
  public var judgedThrough: Int64?
  /// What could not be read the last time, in sentences.
  public var failures: [String] = []

  public init() {}
}

/// A transaction of which two services say different things.
public struct MismatchSnapshot: Sendable, Equatable, Codable {
  /// What one service has done for the transaction, less what it has undone, in the smallest unit of the currency.
  public struct Side: Sendable, Equatable, Codable {
    public var service: String
    /// `paid`, `charge`
    public var kind: String
    public var amount: Int64

    public init(service: String, kind: String, amount: Int64) {
      self.service = service
      self.kind = kind
      self.amount = amount
    }
  }

  public var gtxid: GTXID
  /// Its number; nil when no order of the transaction is known.
  public var order: Int64?
  /// Which of the rules they break.
  public var rule: String
  /// The first is what the others are measured by.
  public var sides: [Side]
  /// Since when nothing has made them agree: nanoseconds since the Unix epoch.
  public var since: Int64
  /// What is to be done, in a sentence.
  public var remedy: String

  /// What was charged though nothing is paid, and so can be given back as a whole; nil where something is paid.
  public var chargedForNothing: Int64? {
    guard sides.first?.amount == 0 else { return nil }
    return sides.dropFirst().first { $0.amount > 0 }?.amount
  }

  public init(gtxid: GTXID, order: Int64?, rule: String, sides: [Side], since: Int64, remedy: String) {
    self.gtxid = gtxid
    self.order = order
    self.rule = rule
    self.sides = sides
    self.since = since
    self.remedy = remedy
  }
}
