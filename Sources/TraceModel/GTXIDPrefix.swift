extension GTXID {
  /// The digits that an id begins with, as they are typed: held as numbers, so that comparing makes no text.
  public struct Prefix: Hashable, Sendable {
    /// The digits of either half stand at its high end, behind a mask of the bits that they fill.
    private let high: UInt64
    private let low: UInt64
    private let highMask: UInt64
    private let lowMask: UInt64
    /// As many digits as a half has.
    private let isHalf: Bool

    /// Reads up to 32 lower- or upper-case hexadecimal digits; none begin every id. Nil for anything else.
    public init?(_ text: some StringProtocol) {
      let digits = Array(text.utf8)
      guard digits.count <= 32, let high = Hexadecimal.value(of: digits.prefix(16)),
        let low = Hexadecimal.value(of: digits.dropFirst(16))
      else { return nil }
      let (highUnused, lowUnused) = (64 - 4 * min(digits.count, 16), 64 - 4 * max(0, digits.count - 16))
      (self.high, highMask) = (high << highUnused, .max << highUnused)
      (self.low, lowMask) = (low << lowUnused, .max << lowUnused)
      isHalf = digits.count == 16
    }

    /// True when ``GTXID/hex`` begins so, or its low half does: that of an id of 64 bits, or one that is given whole.
    public func matches(_ id: GTXID) -> Bool {
      if (id.high ^ high) & highMask == 0, (id.low ^ low) & lowMask == 0 { return true }
      return (id.high == 0 || isHalf) && lowMask == 0 && (id.low ^ high) & highMask == 0
    }
  }

  /// Whether the id begins with these digits, as ``Prefix/matches(_:)`` has it; never where they are none.
  public func matches(prefix: some StringProtocol) -> Bool { Prefix(prefix)?.matches(self) ?? false }
}
