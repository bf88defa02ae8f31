internal import EventBus
internal import OrderedCollections
internal import TraceModel
internal import Transactions

/// What payment has answered, as the log tells it. A service without a database finds here, when it reads a record
/// again, that its answer is out already.
final class PublishedAnswers: @unchecked Sendable {
  /// What was asked for, and what came of it.
  private struct Question: Hashable {
    var id: GTXID
    var isRefund: Bool
  }

  private var answers = OrderedDictionary<Question, String>()

  private static let types: Set = [EventType.paymentComplete, EventType.paymentFailed, EventType.paymentRefunded]
  private static let capacity = 200_000

  func see(_ record: EventRecord, topic: String) {
    guard topic == TopicName.order || topic == TopicName.inventory,
      let type = record.headerText(RecordHeaderName.type), Self.types.contains(type),
      let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) })
    else { return }
    answers[Question(id: id, isRefund: type == EventType.paymentRefunded)] = type
    if answers.count > Self.capacity { answers.removeFirst(Self.capacity / 4) }
  }

  /// The type of the answer that was published to a transaction's charge; nil when there is none.
  func answerToCharge(_ id: GTXID) -> String? { answers[Question(id: id, isRefund: false)] }

  /// Whether a transaction's refund was announced.
  func isRefunded(_ id: GTXID) -> Bool { answers[Question(id: id, isRefund: true)] != nil }
}
