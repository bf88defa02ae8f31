internal import Synchronization

/// A local transaction id: the number of the hop, 1 at the first API.
///
/// Each crossing to another server (a call, each retry of it, a record) gets the highest number that its sender knows,
/// plus one. An answer brings back the highest that was used behind it. So a sequential transaction is 1 … n without
/// gap or repeat, and parallel branches may share a number. It is read from the carrier, never computed by who shows it.
public struct LTXID: Hashable, Sendable, Comparable, Codable {
  public let number: UInt32

  /// Nil for zero: hops are counted from 1.
  public init?(_ number: UInt32) {
    guard number > 0 else { return nil }
    self.number = number
  }

  private init(unchecked number: UInt32) {
    self.number = number
  }

  public static let first = LTXID(unchecked: 1)

  public var next: LTXID { LTXID(unchecked: number + 1) }

  public static func < (left: LTXID, right: LTXID) -> Bool {
    left.number < right.number
  }
}

extension LTXID: CustomStringConvertible {
  /// `#3`
  public var description: String { "#\(number)" }
}

/// The highest hop that one server knows of in one transaction: its own at first, then what answers bring back.
public final class HopCounter: Sendable {
  private let highest: Atomic<UInt32>
  private let crossed: Atomic<UInt32>

  public init(at hop: LTXID) {
    highest = Atomic(hop.number)
    crossed = Atomic(hop.number)
  }

  public var highestKnown: LTXID {
    LTXID(highest.load(ordering: .relaxed)) ?? .first
  }

  /// The highest that a call has gone out with, or that an answer has told of. The number of a record is not among them:
  /// it may have gone with the transaction that the record was part of.
  public var highestCrossed: LTXID {
    LTXID(crossed.load(ordering: .relaxed)) ?? .first
  }

  /// The number of the next crossing when that is a call, which goes out whatever becomes of the caller.
  public func nextCall() -> LTXID {
    let hop = nextCrossing()
    crossed.max(hop.number, ordering: .relaxed)
    return hop
  }

  /// The number of the next crossing, which from now on counts as known.
  public func nextCrossing() -> LTXID {
    LTXID(highest.add(1, ordering: .relaxed).newValue) ?? .first
  }

  /// An answer came back that knows of `hop`.
  public func learn(_ hop: LTXID) {
    highest.max(hop.number, ordering: .relaxed)
    crossed.max(hop.number, ordering: .relaxed)
  }
}
