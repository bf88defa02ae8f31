internal import EventBus
internal import Simulation
internal import TraceModel
internal import Transactions

/// A record that nobody can read: its headers are in order, and its payload breaks off in the middle, as when a program
/// was changed and writes what it should not. It follows a record that is whole, under that one's key, and belongs to a
/// transaction of its own.
struct PoisonRecord {
  let gtxid: GTXID
  let span: SpanID
  let type: String
  let record: ProducerRecord

  init(like whole: ProducerRecord, _ random: inout RandomStream) {
    let gtxid = Self.first { GTXID(high: random.next(), low: random.next()) }
    let span = Self.first { SpanID(random.next()) }
    let type = whole.headers.first { $0.name == RecordHeaderName.type }?.text ?? ""
    var headers = Carrier.headers(gtxid: gtxid, ltxid: .first, span: span).map {
      RecordHeader(name: $0.name, text: $0.value)
    }
    headers.append(RecordHeader(name: RecordHeaderName.message, text: "\(gtxid.hex)/\(type)"))
    headers.append(RecordHeader(name: RecordHeaderName.type, text: type))
    record = ProducerRecord(
      key: whole.key, value: Array(whole.value.prefix(whole.value.count / 2)), headers: headers,
      timestamp: whole.timestamp)
    (self.gtxid, self.span, self.type) = (gtxid, span, type)
  }

  /// Ids that are all zeros are none.
  private static func first<Value>(_ draw: () -> Value?) -> Value {
    while true {
      if let value = draw() { return value }
    }
  }
}
