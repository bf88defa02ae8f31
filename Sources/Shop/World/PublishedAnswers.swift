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

  private var answers = OrderedDictionary<Question, (type: String, at: Int64)>()

  private static let places = [
    TopicName.order: [EventType.paymentComplete],
    TopicName.inventory: [EventType.paymentFailed, EventType.paymentRefunded],
    TopicName.payments: [EventType.accepted, EventType.rejected],
    TopicName.replies: ["\(CommandName.charge):ok", "\(CommandName.charge):refused"],
  ]

  /// How many answers are known.
  var count: Int { answers.count }

  func see(_ record: EventRecord, topic: String, at now: Int64) {
    guard let types = Self.places[topic],
      let text = record.headerText(RecordHeaderName.type), let type = types.first(where: { $0 == text }),
      let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) })
    else { return }
    answers[Question(id: id, isRefund: type == EventType.paymentRefunded)] = (type, now)
  }

  /// Forgets what was published before `time`: from then on no record can be read again that asks for it.
  func prune(before time: Int64) {
    guard let oldest = answers.values.first, oldest.at < time - 60_000_000_000 else { return }
    answers.removeFirst(answers.values.firstIndex { $0.at >= time } ?? answers.count)
  }

  /// The type of the answer that was published to a transaction's charge; nil when there is none.
  func answerToCharge(_ id: GTXID) -> String? { answers[Question(id: id, isRefund: false)]?.type }

  /// Whether a transaction's refund was announced.
  func isRefunded(_ id: GTXID) -> Bool { answers[Question(id: id, isRefund: true)] != nil }
}
