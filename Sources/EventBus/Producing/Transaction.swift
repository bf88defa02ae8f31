/// Records and consumed offsets that are written together or not at all: "consume, process, produce", once.
///
/// It is put together in memory, and written by ``Broker/commit(_:acknowledge:now:)``. So nobody ever reads a record of a
/// transaction that is open or was given up: every reader is what Kafka calls read-committed.
public struct Transaction: Sendable {
  struct Commit: Sendable {
    let offsets: [PartitionOffset]
    let member: MemberIdentity
  }

  private(set) var appends: [(topic: String, records: [ProducerRecord])] = []
  private(set) var commits: [Commit] = []
  let producer: ProducerIdentity?

  /// - Parameter producer: whose writes these are; once it was registered anew elsewhere, the commit is refused.
  public init(by producer: ProducerIdentity? = nil) {
    self.producer = producer
  }

  /// Records of one topic keep their order.
  public mutating func append(_ records: [ProducerRecord], to topic: String) {
    if !records.isEmpty { appends.append((topic, records)) }
  }

  /// The offsets of the next records to read, as a member of a group commits them.
  public mutating func commit(_ offsets: [PartitionOffset], by member: MemberIdentity) {
    if !offsets.isEmpty { commits.append(Commit(offsets: offsets, member: member)) }
  }

  public var isEmpty: Bool { appends.isEmpty && commits.isEmpty }
}
