internal import EventBus
internal import OrderedCollections
internal import TraceModel
internal import Transactions

/// What payment has answered, as the log tells it. A service without a database finds here, when it reads a record
/// again, that its answer is out already.
final class PublishedAnswers: @unchecked Sendable {
  private var answers = OrderedDictionary<GTXID, String>()

  private static let types: Set = [EventType.paymentComplete, EventType.paymentFailed]
  private static let capacity = 200_000

  func see(_ record: EventRecord, topic: String) {
    guard topic == TopicName.order || topic == TopicName.inventory,
      let type = record.headerText(RecordHeaderName.type), Self.types.contains(type),
      let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) })
    else { return }
    answers[id] = type
    if answers.count > Self.capacity { answers.removeFirst(Self.capacity / 4) }
  }

  /// The type of the answer that was published for a transaction; nil when there is none.
  func answer(_ id: GTXID) -> String? { answers[id] }
}
