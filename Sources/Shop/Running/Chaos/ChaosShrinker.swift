/// Finds the smallest part of a plan that still fails: first the shortest time under load, then without every fault and
/// crash that is not needed (a greedy form of delta debugging: Zeller and Hildebrandt, 2002).
struct ChaosShrinker {
  /// Whether a run of a plan breaks something; nil when it was cancelled.
  let fails: (ChaosPlan) -> Bool?
  /// Loads are cut to so many nanoseconds.
  static let grain: Int64 = 1_000_000_000

  /// - Parameter plan: one that fails.
  /// - Returns: the smallest that was found to fail, `plan` itself at worst; nil when it was cancelled.
  func smallest(of plan: ChaosPlan) -> ChaosPlan? {
    guard let short = shortest(plan), let few = fewest(short) else { return nil }
    return few == short ? few : shortest(few)
  }

  /// Bisects over the time under load. A failure that comes and goes with it may be missed: what is returned fails.
  private func shortest(_ plan: ChaosPlan) -> ChaosPlan? {
    var (good, bad) = (Int64(0), plan)
    while bad.duration - good > Self.grain {
      let middle = max(Self.grain, (good + (bad.duration - good) / 2) / Self.grain * Self.grain)
      guard middle > good, middle < bad.duration else { break }
      let candidate = bad.cut(to: middle)
      guard let isBad = fails(candidate) else { return nil }
      if isBad { bad = candidate } else { good = middle }
    }
    return bad
  }

  /// Leaves out one after the other, the latest first, until none can be left out.
  private func fewest(_ plan: ChaosPlan) -> ChaosPlan? {
    var plan = plan
    while true {
      let before = plan
      for index in plan.faults.indices.reversed() {
        var candidate = plan
        candidate.faults.remove(at: index)
        guard let isBad = fails(candidate) else { return nil }
        if isBad { plan = candidate }
      }
      for index in plan.crashes.indices.reversed() {
        var candidate = plan
        candidate.crashes.remove(at: index)
        guard let isBad = fails(candidate) else { return nil }
        if isBad { plan = candidate }
      }
      if plan == before { return plan }
    }
  }
}
