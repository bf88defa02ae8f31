internal import EventBus
internal import OrderedCollections
internal import Transactions

/// The answers that joins have been given and said nothing of yet: they wait for their partners, or for their windows to
/// end, in no database and under no offset.
final class JoinBacklog: @unchecked Sendable {
  private struct Place: Hashable {
    var topic: String
    /// Decides the partition.
    var key: [UInt8]
    var offset: Int64
  }

  /// When each was put on its topic, oldest first: by true time, whatever a clock that was wrong has stamped it with.
  private var waiting = OrderedDictionary<Place, Int64>()
  private let inputs: Set<String>
  /// True while nobody waits: of an inner join nobody can wait for what finds no partner.
  private let isInner: () -> Bool
  /// Whoever moves offsets by hand keeps a join from ever speaking of what it passes over.
  private static let longest: Int64 = 600_000_000_000

  init(_ joins: [JoinPlan], isInner: @escaping () -> Bool) {
    inputs = Set(joins.flatMap { [$0.left, $0.right] })
    self.isInner = isInner
  }

  /// The kind of the joins has changed.
  func fit() {
    if isInner() { waiting = [:] }
  }

  var isEmpty: Bool { waiting.isEmpty }
  var count: Int { waiting.count }

  /// When the oldest was put on its topic.
  var oldest: Int64? { waiting.values.first }

  func see(_ record: EventRecord, topic: String, at now: Int64) {
    guard inputs.contains(topic), !isInner(), let key = record.key,
      record.headerText(RecordHeaderName.type) != EventType.tick
    else { return }
    waiting[Place(topic: topic, key: key, offset: record.offset)] = now
  }

  func cameOut(topic: String, key: [UInt8], offset: Int64) {
    waiting.removeValue(forKey: Place(topic: topic, key: key, offset: offset))
  }

  func forget(before time: Int64) {
    guard let oldest, oldest < time - Self.longest else { return }
    waiting.removeFirst(waiting.values.firstIndex { $0 >= time - Self.longest } ?? waiting.count)
  }
}
