internal import TraceModel

/// One transaction as it is held: its spans' records, and what its summary needs, kept up as spans come in.
///
/// A class so that its memory goes when it is evicted. It never leaves the store, whose lock is held around every use.
final class StoredTrace: @unchecked Sendable {
  /// Where a trace stands in the order of eviction.
  enum Place: UInt8 {
    /// Not looked at yet: the oldest go first, and those worth keeping are passed on.
    case young
    /// Failed or slow, and spared so far.
    case kept
    /// Was kept, and others have become slower since.
    case demoted
  }

  /// A service and the start of its first span.
  struct Appearance: Sendable {
    var service: SymbolTable.Symbol
    var start: Int64
  }

  /// This object, and the dictionaries' and the queue's entries for one trace.
  private static let overhead = 560

  var id: GTXID
  let arrival: UInt64
  let base: Int64
  private(set) var records: [UInt8] = []
  /// Bytes that were asked for `records`.
  private var room = 0
  var index = SpanIndex()
  var spans = 0
  var orphans = 0
  var errors = 0
  var consumerErrors = 0
  var crossings = 0
  var highestHop: UInt32 = 0
  var start: Int64
  var end: Int64
  var lastArrival: Int64 = 0
  var services: [Appearance] = []
  /// The record of the failed span that ended first; −1 while there is none.
  var firstError = -1
  var firstErrorEnd: Int64 = .max

  var root = RootFacts()
  /// Service and operation of the root; nil while it is unknown.
  var rootKey: UInt32?
  /// The operation among whose slowest this trace is.
  var slowKey: UInt32?
  var place = Place.young
  var nextSameLow: Int32 = -1
  var older: Int32 = -1
  var newer: Int32 = -1

  init(_ span: TraceSpan, arrival: UInt64) {
    id = span.gtxid
    self.arrival = arrival
    base = span.start
    start = span.start
    end = span.end
  }

  /// What this trace is charged with, as of the last ``weigh()``.
  private(set) var bytes = StoredTrace.overhead

  /// Takes the present size of everything that grows.
  func weigh() {
    bytes =
      Self.overhead + room + index.bytes + Room.charged(services.count) * MemoryLayout<Appearance>.stride + root.bytes
  }

  /// True for those that are evicted last.
  var isWorthKeeping: Bool { errors > 0 || slowKey != nil }

  /// Takes the facts of a span whose record begins at `offset`. `isPiece`: more about a span that is there already.
  /// True when it is this trace's root, or what there is instead, from now on.
  func note(_ span: TraceSpan, offset: Int, service: SymbolTable.Symbol, isPiece: Bool, limit: Int, now: Int64) -> Bool
  {
    spans += 1
    start = min(start, span.start)
    end = max(end, span.end)
    lastArrival = max(lastArrival, now)
    highestHop = max(highestHop, span.ltxid?.number ?? 0)
    if !isPiece, span.kind == .server || span.kind == .consumer { crossings += 1 }
    if span.status == .error {
      errors += 1
      if span.kind == .consumer { consumerErrors += 1 }
      if firstError < 0 || span.end < firstErrorEnd {
        firstError = offset
        firstErrorEnd = span.end
      }
    }
    if !span.service.isEmpty { note(service, start: span.start, limit: limit) }
    return root.note(span)
  }

  /// Appends a record behind its length, and returns where that begins.
  func append(_ record: [UInt8]) -> Int {
    let offset = records.count
    let needed = offset + record.count + 5
    if needed > room {
      room = max(needed, room + room / 2, 192)
      records.reserveCapacity(room)
    }
    var length = UInt64(record.count)
    while length >= 0x80 {
      records.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    records.append(UInt8(length))
    records.append(contentsOf: record)
    return offset
  }

  /// Makes the span's id and its parent's known, and returns their places in the index; keeps count of orphans.
  func link(_ span: TraceSpan) -> (place: Int, parent: Int?) {
    let place = index.insert(span.id)
    if !index[place].isSeen {
      orphans -= Int(index[place].waiting)
      index[place].waiting = 0
    }
    guard let parent = span.parent, parent != span.id else { return (place, nil) }
    let above = index.insert(parent)
    if !index[above].isSeen {
      index[above].waiting += 1
      orphans += 1
    }
    // The second insertion may have moved the first.
    return (index.place(of: span.id) ?? place, above)
  }

  /// True when this very span is stored here.
  func contains(_ span: TraceSpan, symbols: SymbolTable) -> Bool {
    let decoder = SpanDecoder(gtxid: id, base: base, symbols: symbols)
    var reader = ByteReader(records, at: 0)
    while !reader.isAtEnd {
      if !decoder.skip(&reader, unless: span.id), decoder.decode(&reader) == span { return true }
    }
    return false
  }

  private func note(_ service: SymbolTable.Symbol, start: Int64, limit: Int) {
    let known = services.firstIndex { $0.service == service }
    if let known {
      guard start < services[known].start else { return }
      services.remove(at: known)
    } else if services.count >= limit {
      return
    }
    let place = services.firstIndex { $0.start > start } ?? services.count
    services.insert(Appearance(service: service, start: start), at: place)
  }
}

/// What a summary says of a trace's root; of the earliest span while there is no root.
struct RootFacts: Sendable {
  private(set) var isRoot = false
  private(set) var isEnded = false
  private(set) var failed = false
  private(set) var service = ""
  private(set) var operation = ""
  private(set) var kind = ""
  private(set) var user = ""
  private var isShared = false
  private var start: Int64 = .max
  /// The overall figures have this transaction already.
  var isCounted = false

  /// Of the texts that lie outside.
  private(set) var bytes = 0

  mutating func note(_ span: TraceSpan) -> Bool {
    let isTop = span.parent == nil || span.parent == span.id
    if isTop {
      isEnded = isEnded || span.duration != nil
      failed = failed || span.status == .error
    }
    guard isBetter(span, isTop: isTop) else { return false }
    isRoot = isTop
    isShared = span.isShared
    start = span.start
    service = span.service
    operation = span.operation
    if let text = span[attribute: AttributeName.kind]?.description { kind = text }
    if let text = span[attribute: AttributeName.user]?.description { user = text }
    bytes = [service, operation, kind, user].reduce(0) { $0 + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0) }
    return true
  }

  private func isBetter(_ span: TraceSpan, isTop: Bool) -> Bool {
    if isTop != isRoot { return isTop }
    if isTop, span.isShared != isShared { return isShared }
    return span.start < start
  }
}
