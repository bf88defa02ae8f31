internal import CPrefetch
internal import DequeModule

/// The segments that are held: spans are added to the newest, and forgotten with the oldest.
struct SegmentTable: ~Copyable, @unchecked Sendable {
  /// By number; nil where a segment has gone.
  private var segments = Slab<UnsafeMutablePointer<SpanSegment>?>(room: 16)
  private var free: [Int] = []
  /// By number: which of all segments that there ever were.
  private var serials: [UInt64] = []
  private var opened: UInt64 = 0
  /// Oldest first; the last one is open.
  private var order: Deque<Int> = []
  private var sealedBytes = 0
  /// A segment is sealed when it has grown to this, or a few rows later: what it takes is added up now and then.
  private let limit: Int
  /// Far below what 32 bits count: its texts are found by their places, and the last spans of it may be large.
  static let mostBytes = 1 << 30
  private let hashes: TextHash

  /// `limit` in bytes.
  init(limit: Int, _ hashes: TextHash = .ofProcess) {
    self.limit = limit
    self.hashes = hashes
    open()
  }

  deinit {
    for number in 0..<segments.count {
      guard let segment = segments[number] else { continue }
      segment.deinitialize(count: 1)
      segment.deallocate()
    }
  }

  /// Fewer than a span's place can name, as some more are opened before the oldest go.
  static let most = 16_000

  var bytes: Int { sealedBytes + self[newest].pointee.bytes }
  var count: Int { order.count }
  var newest: Int { order[order.count - 1] }
  var oldest: Int { order[0] }
  var newestFirst: ReversedCollection<Deque<Int>> { order.reversed() }

  /// Of one that is held.
  subscript(number: Int) -> UnsafeMutablePointer<SpanSegment> {
    guard let segment = segments[number] else { preconditionFailure("A segment was asked for that has gone.") }
    return segment
  }

  /// Tells a segment from others that had its number before.
  func serial(of number: Int) -> UInt64 { serials[number] }

  /// Valid until the next row is added.
  subscript(reference: SpanReference) -> UnsafeMutablePointer<SpanRecord> {
    self[reference.segment].pointee.records.start + reference.row
  }

  /// Runs `body` over a trace's spans, from its newest one back.
  @inline(__always)
  func walk(from newest: SpanReference, _ body: (borrowing SpanRecord, SpanReference) -> Void) {
    var reference = newest
    // Spans of one trace mostly stand in one segment.
    var (number, records) = (-1, UnsafeMutablePointer<SpanRecord>?.none)
    while reference != .none {
      if reference.segment != number {
        number = reference.segment
        records = self[number].pointee.records.start
      }
      guard let place = records.map({ $0 + reference.row }) else { return }
      body(place.pointee, reference)
      reference = place.pointee.previous
    }
  }

  /// Makes sure that the newest segment takes another row; true when that is a new one from now on.
  mutating func makeRoom() -> Bool {
    let segment = self[newest]
    let rows = segment.pointee.records.count
    guard segment.pointee.isFull || rows & 0xF == 0 && rows > 0 && segment.pointee.bytes >= limit else { return false }
    sealNewest()
    open()
    return true
  }

  private mutating func sealNewest() {
    let segment = self[newest]
    segment.pointee.seal()
    sealedBytes += segment.pointee.bytes
  }

  private mutating func open() {
    let segment = UnsafeMutablePointer<SpanSegment>.allocate(capacity: 1)
    segment.initialize(to: SpanSegment(hashes))
    let number = free.popLast() ?? segments.count
    precondition(number < 16_383, "A store has more segments than a span's place can name.")
    opened += 1
    if number == segments.count {
      segments.append(segment)
      serials.append(opened)
    } else {
      segments[number] = segment
      serials[number] = opened
    }
    order.append(number)
  }

  /// Lets the oldest segment go; nothing may refer to its rows any more. A new one is opened when it was the only one.
  mutating func removeOldest() {
    if order.count == 1 {
      sealNewest()
      open()
    }
    let number = order.removeFirst()
    let segment = self[number]
    sealedBytes -= segment.pointee.bytes
    segment.deinitialize(count: 1)
    segment.deallocate()
    segments[number] = nil
    free.append(number)
  }

  /// Appends what `source` says once more, as a row of the newest segment.
  mutating func copy(_ source: SpanReference) -> SpanReference {
    _ = makeRoom()
    let target = self[newest]
    let from = self[source.segment]
    var record = from.pointee.records[source.row]
    let count = from.pointee.shapes[record.shape].count
    let words = target.pointee.beginRow(values: count)
    target.pointee.beginShape(values: count)
    from.pointee.forEachValue(of: record) { field, word in
      var key = field.key
      if key >= SpanField.attributes {
        key = target.pointee.code(of: from.pointee.texts[key - SpanField.attributes]) + SpanField.attributes
      }
      var type = field.type
      switch type {
      case .text, .encoded: target.pointee.append(code: target.pointee.code(of: from.pointee.raw(type, at: word)))
      case .blob: target.pointee.append(blob: from.pointee.raw(.blob, at: word))
      case .small, .integer, .real, .boolean, .empty:
        type = target.pointee.append(
          bits: from.pointee.bits(type, at: word), type == .small ? ValueType.integer : type)
      }
      target.pointee.append(ShapeTable.Field(key: key, type: type))
      return false
    }
    var origin = from.pointee.origins[record.origin]
    origin.service = target.pointee.code(of: from.pointee.texts[origin.service])
    origin.instance = target.pointee.code(of: from.pointee.texts[origin.instance])
    origin.facts = target.pointee.code(of: from.pointee.texts[origin.facts])
    record.words = words
    record.shape = target.pointee.endShape()
    record.origin = target.pointee.origin(origin)
    record.operation = target.pointee.code(of: from.pointee.texts[record.operation])
    return append(record)
  }

  /// Adds a row to the newest segment, whose words are there already.
  mutating func append(_ record: SpanRecord) -> SpanReference {
    let segment = self[newest]
    segment.pointee.records.append(record)
    return SpanReference(segment: newest, row: segment.pointee.records.count - 1)
  }

  /// Asks for all that rows say before the first of them is read: otherwise each text is waited for by itself.
  func prefetch(_ rows: ArraySlice<SpanReference>) {
    for row in rows { CPrefetch.prefetch(self[row.segment].pointee.records.start + row.row) }
    for row in rows { self[row.segment].pointee.prefetchWords(of: self[row].pointee) }
    for stage in [TextDictionary.Stage.place, .text] {
      for row in rows { self[row.segment].pointee.prefetchTexts(of: self[row].pointee, stage) }
    }
  }
}
