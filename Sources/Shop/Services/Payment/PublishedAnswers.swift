internal import EventBus
internal import TraceModel
internal import Transactions

/// What payment has answered, as one of its instances knows it: from the log, which it reads to its end before it acts. A
/// service without a database finds there, when it reads a record again, that its answer is out already, whichever
/// instance gave it.
///
/// It cannot read while its instance cannot reach the bus. Apart from that it looks on: its reading takes no time and
/// is no traffic, not even after a start, when it is all that the log has. A program would follow these topics all the
/// time, and be as good as through with them when it is asked. And if the look took time here, a record could go to
/// another instance between what was seen and what is done about it.
///
/// What the log forgets is forgotten here, too, each partition by itself: some hold for long what others have lost. A
/// record that may be read again keeps all of the log that came after it.
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

  /// A record of the log that answers.
  private struct Entry {
    var question: Question
    var offset: Int64
  }

  private struct Partition {
    /// The next record that is to be read.
    var end: Int64 = 0
    /// What was answered there, oldest first, as far as the log still has it.
    var entries: [Entry] = []
  }

  private static let topics = [
    (TopicName.order, [EventType.paymentComplete]),
    (TopicName.inventory, [EventType.paymentFailed, EventType.paymentRefunded]),
    (TopicName.payments, [EventType.accepted, EventType.rejected]),
    (TopicName.replies, ["\(CommandName.charge):ok", "\(CommandName.charge):refused"]),
  ]

  private let bus: BusPort
  /// Of two to one question, the one that was read last. Only looked up.
  private var answers: [Question: Answer] = [:]
  private var partitions = [Partition](repeating: Partition(), count: topics.count * ShopPlan.partitions)

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
        forget(before: bounds.lowerBound, at: place)
        partitions[place].end = max(partitions[place].end, bounds.lowerBound)
        while partitions[place].end < bounds.upperBound {
          let records = try topic.peek(partition: partition, from: partitions[place].end).records
          guard let last = records.last else { break }
          for record in records { see(record, at: place, types) }
          partitions[place].end = last.offset + 1
        }
      }
    }
  }

  private func see(_ record: EventRecord, at place: Int, _ types: [String]) {
    guard let text = record.headerText(RecordHeaderName.type), let type = types.first(where: { $0 == text }),
      let id = record.headerText(Carrier.gtxid).flatMap({ GTXID($0) })
    else { return }
    let question = Question(id: id, isRefund: type == EventType.paymentRefunded)
    answers[question] = Answer(type: type, place: place, offset: record.offset)
    partitions[place].entries.append(Entry(question: question, offset: record.offset))
  }

  /// The log loses many records at once, and seldom: what follows them here moves up then.
  private func forget(before start: Int64, at place: Int) {
    guard let oldest = partitions[place].entries.first, oldest.offset < start else { return }
    let entries = partitions[place].entries
    let lost = entries.firstIndex { $0.offset >= start } ?? entries.count
    for entry in entries[..<lost] {
      // What was answered once more stays known.
      guard let answer = answers[entry.question], answer.place == place, answer.offset == entry.offset else { continue }
      answers[entry.question] = nil
    }
    partitions[place].entries = Array(entries[lost...])
  }
}
