/// What the instances of a new version answered since they are looked at, beside what the others did meanwhile.
struct CanaryTrial {
  let version: String
  /// Of the calls, 0…1; nil when they are taken back, and get none any more.
  let share: Double?
  let canaries: (served: Int, failed: Int)
  let others: (served: Int, failed: Int)

  var failed: Int { canaries.failed }
  /// Of the canaries' calls, 0…1.
  var errorShare: Double { Self.share(canaries) }
  /// Of the others'.
  var usual: Double { Self.share(others) }
  /// Whether the canaries fail clearly more often than the others.
  var isWorse: Bool { errorShare > 2 * usual + 0.05 }

  private static func share(_ answered: (served: Int, failed: Int)) -> Double {
    answered.served > 0 ? Double(answered.failed) / Double(answered.served) : 0
  }
}
