internal import EventBus
internal import Simulation
internal import Transactions

/// How far the views are behind what they are made of.
extension World {
  /// The order history behind order; nil while it is not known.
  func historyFreshness() -> Freshness? {
    freshness(of: ShopPlan.historyUpdater, behind: ShopPlan.order, on: TopicName.orderChanges)
  }

  /// Search behind item; nil while it is not known.
  func searchFreshness() -> Freshness? {
    freshness(of: ShopPlan.search, behind: ShopPlan.item, on: TopicName.itemChanges)
  }

  /// Changes that are not mined yet, and mined ones that are not in the view.
  private func freshness(of group: String, behind source: String, on topic: String) -> Freshness? {
    guard let mining = minerLag(of: source) else { return nil }
    let places = ((try? broker.groups.lag(of: group)) ?? []).filter { $0.partition.topic == topic }
    let lags = places.compactMap(\.lag)
    guard !lags.isEmpty else { return nil }
    let oldest = [mining.oldest, oldestUnreadRecord(topic: topic, group: group)].compactMap(\.self).min()
    var positions = [Int64](repeating: 0, count: ShopPlan.partitions)
    for place in places {
      if let offset = place.committed?.offset { positions[place.partition.partition] = offset }
    }
    return Freshness(
      positions: positions, behind: mining.changes + lags.reduce(0, +),
      nanoseconds: oldest.map { max(0, time.now - $0) } ?? 0)
  }
}

extension Payload {
  /// What an answer from a view says of its age; nothing where that is not known.
  mutating func add(_ freshness: Freshness?) {
    positions = freshness?.positions
    behind = freshness?.behind
    age = freshness?.nanoseconds
  }
}
