internal import Operations

/// Finds the smallest part of a plan that still fails: first the shortest time under load, then without every fault and
/// crash that is not needed (a greedy form of delta debugging: Zeller and Hildebrandt, 2002), then in the usual shop as far
/// as it fails there, too.
struct ChaosShrinker {
  /// Whether a run of a plan breaks something; nil when it was cancelled.
  let fails: (ChaosPlan) -> Bool?
  /// Loads are cut to so many nanoseconds.
  static let grain: Int64 = 1_000_000_000

  /// - Parameter plan: one that fails.
  /// - Returns: the smallest that was found to fail, `plan` itself at worst; nil when it was cancelled.
  func smallest(of plan: ChaosPlan) -> ChaosPlan? {
    guard let short = shortest(plan), let few = fewest(short), let plain = plainest(few) else { return nil }
    return plain == short ? plain : shortest(plain)
  }

  /// Bisects over the time under load. A failure that comes and goes with it may be missed: what is returned fails.
  func shortest(_ plan: ChaosPlan) -> ChaosPlan? {
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

  /// One alone, if one alone will do. Otherwise leaves out half, then a quarter, and in the end one after the other, the
  /// latest first, until nothing can be left out.
  private func fewest(_ plan: ChaosPlan) -> ChaosPlan? {
    for part in plan.parts.indices.reversed() {
      let candidate = plan.keeping([plan.parts[part]])
      guard let isBad = fails(candidate) else { return nil }
      if isBad { return candidate }
    }
    var plan = plan
    var size = max(1, plan.parts.count / 2)
    while true {
      let before = plan
      var end = plan.parts.count
      while end > 0 {
        let start = max(0, end - size)
        let candidate = plan.keeping(Array(plan.parts[..<start] + plan.parts[end...]))
        guard let isBad = fails(candidate) else { return nil }
        if isBad { plan = candidate }
        end = start
      }
      if size > 1 { size /= 2 } else if plan == before { return plan }
    }
  }

  private func plainest(_ plan: ChaosPlan) -> ChaosPlan? {
    var plan = plan
    for change in ChaosPlan.simplifications {
      var candidate = plan
      change(&candidate)
      guard candidate != plan else { continue }
      guard let isBad = fails(candidate) else { return nil }
      if isBad { plan = candidate }
    }
    return plan
  }
}

extension ChaosPlan {
  /// What can be as usual in place of how it was drawn.
  fileprivate static let simplifications: [@Sendable (inout ChaosPlan) -> Void] = [
    { plan in
      plan.topology = TopologySettings()
      plan.faults.removeAll { $0.spec.target == .sharedDatabase }
    },
    { $0.strangler = StranglerSettings() }, { $0.orderStore = .outbox },
    { $0.mix.journeys = LoadMix.ordinary.journeys },
    { $0.mix.sagas = LoadMix.ordinary.sagas },
  ]

  /// One thing that breaks.
  fileprivate enum Part {
    case fault(Fault)
    case crash(Crash)
  }

  fileprivate var parts: [Part] { faults.map(Part.fault) + crashes.map(Part.crash) }

  fileprivate func keeping(_ parts: [Part]) -> ChaosPlan {
    var plan = self
    (plan.faults, plan.crashes) = ([], [])
    for part in parts {
      switch part {
      case .fault(let fault): plan.faults.append(fault)
      case .crash(let crash): plan.crashes.append(crash)
      }
    }
    return plan
  }
}
