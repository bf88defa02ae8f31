internal import TraceModel

/// Makes the events of one transaction ready to be published: the same ones each time that it is mined.
struct MinedEntries {
  private let miner: String
  private let transaction: ChangeTransaction
  private let origin: ChangeOrigin
  /// The last crossing that has a number, of each on whose behalf there are events; for looking up only.
  private var hops: [GTXID: LTXID] = [:]
  private var snapshotRows: Int64 = 0

  /// - Parameter log: the name of the database.
  init(miner: String, log: String, transaction: ChangeTransaction) {
    self.miner = miner
    self.transaction = transaction
    origin = transaction.origin ?? Self.origin(log: log, number: transaction.number)
  }

  /// - Parameter meanings: what the mapping says of the change.
  mutating func events(of change: RowChange, _ meanings: [BusinessEvent]) -> [MinedEvent] {
    var source = "\(miner)/\(change.position)"
    if change.operation == .snapshot {
      // All rows of a snapshot stand at one position; another snapshot at the same one is told anew.
      source += "/\(origin.gtxid.hex)-\(snapshotRows)"
      snapshotRows += 1
    }
    return meanings.enumerated().map { index, meaning in
      let origin = meaning.origin ?? self.origin
      let hop = (hops[origin.gtxid] ?? origin.ltxid).next
      hops[origin.gtxid] = hop
      let message = "\(source)/\(index)"
      var entry = Outbox.Entry(
        message: message, topic: meaning.topic, key: meaning.key, type: meaning.type,
        payload: meaning.payload, gtxid: origin.gtxid, ltxid: hop, span: Self.span(message, in: origin.span),
        parent: origin.span, created: transaction.time)
      entry.id = change.position
      return MinedEvent(
        change: change, transaction: transaction.number, index: index, count: meanings.count, entry: entry)
    }
  }

  /// A transaction whose caller named none begins a global transaction of its own, known by its number.
  private static func origin(log: String, number: Int64) -> ChangeOrigin {
    let high = hash(log, 0)
    let low = hash(log, UInt64(bitPattern: number))
    guard let gtxid = GTXID(high: high, low: low | 1), let span = SpanID(low | 1) else {
      preconditionFailure("a number with its lowest bit set is zero")
    }
    return ChangeOrigin(gtxid: gtxid, ltxid: .first, span: span)
  }

  private static func span(_ message: String, in parent: SpanID) -> SpanID {
    guard let span = SpanID(hash(message, parent.value) | 1) else {
      preconditionFailure("a number with its lowest bit set is zero")
    }
    return span
  }

  /// FNV-1a over the text, spread by SplitMix64's last steps: the same in each process.
  private static func hash(_ text: String, _ number: UInt64) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    var z = hash ^ (number &* 0x9E37_79B9_7F4A_7C15)
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
