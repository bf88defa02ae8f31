internal import GRDB
internal import Transactions

/// The events of the order service's store as records: what each means to others follows from the order before and
/// after it.
enum OrderPublication {
  /// - Parameter limit: the most events that are gone through; 1 or more.
  /// - Returns: the records, the position up to which everything was gone through, and whether more comes after it.
  static func entries(
    after position: Int64, limit: Int, _ database: Database
  ) throws -> (entries: [Outbox.Entry], through: Int64, hasMore: Bool) {
    let repository = OrderStreams.repository(database)
    let batch = try repository.store.read(partition: 0, after: position, limit: limit)
    return (try batch.events.compactMap { try entry(of: $0, repository) }, batch.through, batch.through < batch.end)
  }

  /// - Parameter limit: the most records.
  static func first(_ limit: Int, after position: Int64, _ database: Database) throws -> [Outbox.Entry] {
    var found: [Outbox.Entry] = []
    var (position, hasMore) = (position, true)
    while hasMore, found.count < limit {
      let next = try entries(after: position, limit: max(1, limit), database)
      found += next.entries
      (position, hasMore) = (next.through, next.hasMore)
    }
    return Array(found.prefix(limit))
  }

  /// How many events a subscriber has yet to go through, and when the oldest of them was appended.
  static func waiting(for subscriber: String, _ database: Database) throws -> (count: Int, oldest: Int64?) {
    let position = try EventSubscription.position(of: subscriber, partition: 0, database)
    let batch = try OpenEventStore(database).read(partition: 0, after: position, limit: 1)
    return (Int(batch.end - position), batch.events.first?.recorded)
  }

  /// Nil when it concerns nobody.
  private static func entry(of stored: StoredEvent, _ repository: OrderStreams.Repository) throws -> Outbox.Entry? {
    let event = try repository.entity.event(type: stored.type, payload: stored.payload)
    if case .replied(let topic, let key, let type, let payload) = event {
      return record(of: stored, to: topic, key: key, type: type, payload)
    }
    if case .handedBack(let result) = event {
      let key = "\(result.order ?? 0)"
      return record(
        of: stored, to: TopicName.legacyEvents, key: key, type: EventType.orderHandedBack, result.json)
    }
    let before = try repository.load(stored.stream, version: stored.version - 1).state
    var after = before
    event.evolve(&after)
    guard let after, let news = OrderNews.of(before, after) else { return nil }
    return record(of: stored, to: news.topic, key: "\(news.order)", type: news.type, news.payload.json)
  }

  private static func record(
    of event: StoredEvent, to topic: String, key: String, type: String, _ payload: [UInt8]
  ) -> Outbox.Entry {
    var entry = Outbox.Entry(
      message: "\(ShopPlan.order)/\(event.position.number)", topic: topic, key: key, type: type, payload: payload,
      gtxid: event.origin.gtxid, ltxid: event.origin.ltxid, span: event.origin.span,
      parent: event.origin.parent ?? event.origin.span, created: event.recorded)
    entry.id = event.position.number
    return entry
  }
}
