/// What somebody means who presses a key just after the thing under the cursor has become another one by itself: nobody
/// reacts faster than in a third of a second, so it is what was there before.
struct Reaction<Thing: Sendable & Equatable>: Sendable {
  /// So long what is shown stays as it is while the cursor follows the newest: what somebody sees and chooses must not be
  /// another one when the key arrives.
  static var hold: Int64 { 1_000_000_000 }
  private static var time: Int64 { 300_000_000 }

  private var before: Thing?
  private var changedAt: Int64 = .min / 2

  /// Another thing is under the cursor now.
  /// - Parameter clock: nanoseconds on a clock that only goes forward.
  mutating func changed(from thing: Thing?, at clock: Int64) {
    (before, changedAt) = (thing, clock)
  }

  /// Whoever moves the cursor sees where it is.
  mutating func forget() { before = nil }

  /// What was there before, as long as a key may still mean it.
  func meant(at clock: Int64) -> Thing? {
    let (age, isVeryOld) = clock.subtractingReportingOverflow(changedAt)
    return !isVeryOld && age < Self.time ? before : nil
  }
}
