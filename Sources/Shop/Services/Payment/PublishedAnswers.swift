internal import EventBus
internal import OrderedCollections
internal import TraceModel
internal import Transactions

/// What payment has answered, as one of its instances knows it: from the log, which it reads to its end before it acts. A
/// service without a database finds there, when it reads a record again, that its answer is out already, whichever
/// instance gave it.
///
/// What the log forgets is forgotten here, too. A record that may be read again keeps all of the log that came after it.
final class PublishedAnswers: @unchecked Sendable {
  /// What was asked for, and what came of it.
  private struct Question: Hashable {
    var id: GTXID
    var isRefund: Bool
  }

  private struct Answer {
    var type: String
    /// Which of the partitions it stands in, and where.
    var place: Int
    var offset: Int64
  }

  private static let topics = [
    (TopicName.order, [EventType.paymentComplete]),
    (TopicName.inventory, [EventType.paymentFailed, EventType.paymentRefunded]),
    (TopicName.payments, [EventType.accepted, EventType.rejected]),
    (TopicName.replies, ["\(CommandName.charge):ok", "\(CommandName.charge):refused"]),
  ]

  private let bus: BusPort
  private var answers = OrderedDictionary<Question, Answer>()
  /// By partition: the first record that the log still has, and the next that is to be read.
  private var starts = [Int64](repeating: 0, count: topics.count * ShopPlan.partitions)
  private var ends = [Int64](repeating: 0, count: topics.count * ShopPlan.partitions)

  init(bus: BusPort) { self.bus = bus }

  /// How many answers are known.
  var count: Int { answers.count }

  /// The type of the answer that was published to a transaction's charge; nil when there is none.
  func answerToCharge(_ id: GTXID) throws(BusError) -> String? {
    try readOn()
    return answers[Question(id: id, isRefund: false)]?.type
  }

  /// Whether a transaction's refund was announced.
  func isRefunded(_ id: GTXID) throws(BusError) -> Bool {
    try readOn()
    return answers[Question(id: id, isRefund: true)] != nil
  }

  private func readOn() throws(BusError) {
    try bus.reach()
    for (number, (name, types)) in Self.topics.enumerated() {
      let topic = try bus.world.broker.topic(name)
      for partition in 0..<ShopPlan.partitions {
        let place = number * ShopPlan.partitions + partition
        let bounds = try topic.bounds(partition: partition)
        starts[place] = bounds.lowerBound
        ends[place] = max(ends[place], bounds.lowerBound)
        while ends[place] < bounds.upperBound {
          let records = try topic.read(partition: partition, from: ends[place]).records
          guard let last = records.last else { break }
          for record in records { see(record, at: place, types) }
          ends[place] = last.offset + 1
        }
      }
    }
    forget()
  }

  private func see(_ record: EventRecord, at place: Int, _ types: [String]) {
    guard let text = record.headerText(RecordHeaderName.type), let type = types.first(where: { $0 == text }),
      let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) })
    else { return }
    let question = Question(id: id, isRefund: type == EventType.paymentRefunded)
    answers[question] = Answer(type: type, place: place, offset: record.offset)
  }

  /// Several at once: what follows them moves up.
  private static let leastForgotten = 256

  private func forget() {
    let isKept = { [starts] (answer: Answer) in answer.offset >= starts[answer.place] }
    guard let oldest = answers.values.first, !isKept(oldest) else { return }
    let forgotten = answers.values.firstIndex(where: isKept) ?? answers.count
    if forgotten >= Self.leastForgotten { answers.removeFirst(forgotten) }
  }
}
