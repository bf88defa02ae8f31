internal import OrderedCollections

/// Chooses for each call one instance out of those a registry's cache lists: a client-side balancer.
///
/// It ejects nobody: who shall get no calls is named by the caller, from health or breakers. One balancer serves one
/// client; it counts that client's own running calls. Equal calls give equal choices.
public struct LoadBalancer: Sendable {
  public enum Rule: Sendable, Hashable {
    /// One after the other by id; the turn outlives changes of the list.
    case roundRobin
    /// The one with the fewest running calls; of equals the one whose turn it is.
    case leastLoaded
    /// Two drawn at random, of them the one with fewer running calls (Mitzenmacher, "The Power of Two Choices in
    /// Randomized Load Balancing", 2001).
    case powerOfTwoChoices
  }

  public let rule: Rule
  /// Instances of this zone come first, as long as one of them is there; nil treats all alike.
  public let preferredZone: String?
  private var turns: OrderedDictionary<String, String> = [:]
  private var running: OrderedDictionary<RegistryKey, Int> = [:]
  /// Choices that had to leave the preferred zone.
  public private(set) var crossZone = 0
  /// Calls for which there was nobody.
  public private(set) var withoutInstance = 0

  public init(rule: Rule = .roundRobin, preferredZone: String? = nil) {
    self.rule = rule
    self.preferredZone = preferredZone
  }

  /// Chooses, and counts the call as running until ``finished(_:)``; nil when nobody is there.
  /// - Parameters:
  ///   - instances: of one service; who is not UP is passed over.
  ///   - unavailable: ids that shall get no call.
  public mutating func choose(
    from instances: [RegistryInstance], unavailable: Set<String> = [], draw: RandomDraw
  ) -> RegistryInstance? {
    let usable = instances.filter { $0.status == .up && !unavailable.contains($0.id) }.sorted { $0.key < $1.key }
    guard !usable.isEmpty else {
      withoutInstance += 1
      return nil
    }
    let near = usable.filter { $0.zone == preferredZone }
    if preferredZone != nil, near.isEmpty { crossZone += 1 }
    let candidates = preferredZone == nil || near.isEmpty ? usable : near
    let chosen = candidate(of: candidates, draw: draw)
    turns[chosen.app] = chosen.id
    running[chosen.key, default: 0] += 1
    return chosen
  }

  /// A call that was chosen for has ended, however it ended.
  public mutating func finished(_ instance: RegistryInstance) {
    guard let count = running[instance.key] else { return }
    running[instance.key] = count > 1 ? count - 1 : nil
  }

  /// This client's running calls to an instance.
  public func load(of instance: RegistryInstance) -> Int { running[instance.key] ?? 0 }

  private func candidate(of candidates: [RegistryInstance], draw: RandomDraw) -> RegistryInstance {
    let first = nextTurn(in: candidates)
    switch rule {
    case .roundRobin: return candidates[first]
    case .leastLoaded:
      let inTurn = candidates[first...] + candidates[..<first]
      // `min` keeps the first of equals.
      return inTurn.min { load(of: $0) < load(of: $1) } ?? candidates[first]
    case .powerOfTwoChoices:
      guard candidates.count > 1 else { return candidates[0] }
      let one = draw(candidates.count)
      let step = draw(candidates.count - 1)
      let other = step < one ? step : step + 1
      return load(of: candidates[other]) < load(of: candidates[one]) ? candidates[other] : candidates[one]
    }
  }

  /// The first id after the last one that was chosen, by order and not by place: places shift when instances come and
  /// go.
  private func nextTurn(in candidates: [RegistryInstance]) -> Int {
    guard let last = turns[candidates[0].app] else { return 0 }
    return candidates.firstIndex { $0.id > last } ?? 0
  }
}
