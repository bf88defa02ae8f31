internal import Operations

extension SnapshotBuilder {
  /// Nil where there is no legacy shop.
  func strangler(_ topics: [TopicSnapshot]) -> StranglerSnapshot? {
    let shares = world.configuration.current.strangler
    guard shares.isUnderWay else { return nil }
    var snapshot = StranglerSnapshot(legacy: ShopPlan.legacy, topic: TopicName.legacyEvents)
    snapshot.capabilities = StranglerCapability.allCases.map { capability in
      var figures = StranglerSnapshot.Capability(
        name: capability.rawValue, service: capability.service, key: ShopConfiguration.share(capability),
        share: shares[capability], usesMessages: capability.usesMessages)
      let count = world.strangler[capability]
      (figures.servedByNew, figures.servedByLegacy) = (count.servedByNew, count.servedByLegacy)
      (figures.handedBack, figures.takenIn) = (count.handedBack, count.takenIn)
      figures.toldByLegacy = count.toldByLegacy
      (figures.compared, figures.differing) = (count.compared, count.differing)
      figures.difference = count.difference.map { .init(words: $0.words, gtxid: $0.gtxid, time: $0.time) }
      return figures
    }
    let groups = topics.first { $0.name == TopicName.legacyEvents }?.groups ?? []
    let ordered = groups.filter { $0.name == ShopPlan.legacy } + groups.filter { $0.name != ShopPlan.legacy }
    snapshot.lags = ordered.map { .init(group: $0.name, records: $0.lag, oldest: $0.oldestUnread) }
    snapshot.oversold = world.strangler.oversold
    return snapshot
  }
}
