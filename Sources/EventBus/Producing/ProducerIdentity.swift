/// Who sends records that are stored once each, however often they are sent. Get one from ``Broker/register(producer:now:)``.
public struct ProducerIdentity: Sendable, Hashable, Codable {
  /// Unique within the broker's log, for ever.
  public let id: Int64
  /// Rises with each registration of the name: only the newest one may write.
  public let epoch: Int32
  /// What it calls itself in every life; nil when it has one life only.
  public let name: String?
}

/// Where a batch of an idempotent producer lies.
public struct ProducedBatch: Sendable, Hashable {
  /// Of its first record; the others follow it.
  public let position: RecordPosition
  /// It had been stored before, and was not stored again.
  public let isDuplicate: Bool
}
