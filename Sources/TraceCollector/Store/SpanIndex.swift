internal import TraceModel

/// The span ids that one trace knows of: those that are there, and those that others name as their parent.
///
/// A plain list while there are few; an open-addressed table beyond that.
struct SpanIndex: Sendable {
  struct Entry: Sendable {
    var id: UInt64
    /// Children that came before their parent, while it is not there.
    var waiting: UInt32 = 0
    /// Microseconds that this span took; while it is not there, of the SERVER or CONSUMER that waits for it.
    var length = Entry.unknownLength
    /// Of the same span as ``length``; so is ``failed``.
    var service: SymbolTable.Symbol = SymbolTable.empty
    /// One bit for each kind and shared flag that is there, and those below.
    var marks: UInt16 = 0
    /// Whom this CLIENT span names as the other side; empty where it names nobody, or nobody has looked.
    var peer: SymbolTable.Symbol = SymbolTable.empty

    static let seen: UInt16 = 0x3FF
    static let unfinished: UInt16 = 1 << 10
    /// The edge of this CLIENT span stands in the service graph.
    static let edgeCounted: UInt16 = 1 << 11
    static let serverWaits: UInt16 = 1 << 12
    static let consumerWaits: UInt16 = 1 << 13
    static let failed: UInt16 = 1 << 14
    /// The answer to this CLIENT span stands in the service graph.
    static let answerCounted: UInt16 = 1 << 15
    static let counted = edgeCounted | answerCounted
    static let unknownLength = UInt32.max

    static func mark(_ kind: SpanKind, shared: Bool) -> UInt16 { 1 << UInt16(kind.rawValue * 2 + (shared ? 1 : 0)) }

    /// What a child leaves with a parent that is not there yet; 0 where it leaves nothing. A SERVER that shares its
    /// client's id is no answer to its parent.
    static func waitMark(_ child: SpanRecord.Bits) -> UInt16 {
      switch child.kind {
      case .server: child.contains(.shared) ? 0 : serverWaits
      case .consumer: consumerWaits
      case .client, .producer, .internal: 0
      }
    }

    var isSeen: Bool { marks & Self.seen != 0 }

    /// Takes over what the span at hand says of where it ran and how.
    mutating func tell(_ half: ServiceGraph.Half) {
      service = half.service
      length = half.length
      marks = half.failed ? marks | Self.failed : marks & ~Self.failed
    }

    /// What a child leaves with its parent, which is not there yet.
    mutating func leave(_ mark: UInt16, _ half: ServiceGraph.Half) {
      marks |= mark
      tell(half)
    }

    func has(_ kind: SpanKind) -> Bool {
      marks & (Self.mark(kind, shared: false) | Self.mark(kind, shared: true)) != 0
    }
  }

  private static let listLimit = 24
  private var entries: [Entry] = []
  private(set) var count = 0

  var bytes: Int { Room.charged(entries.count) * MemoryLayout<Entry>.stride + 32 }

  subscript(place: Int) -> Entry {
    get { entries[place] }
    _modify { yield &entries[place] }
  }

  private var isList: Bool { count <= Self.listLimit }

  func place(of id: UInt64) -> Int? {
    if isList { return entries.firstIndex { $0.id == id } }
    let place = probe(id)
    return entries[place].id == 0 ? nil : place
  }

  /// What is known of `id`, which may be nothing.
  func entry(of id: UInt64) -> Entry { place(of: id).map { entries[$0] } ?? Entry(id: id) }

  /// Makes a span and its parent known. `kin` tells of edges that were counted because of it, `peer` whom a CLIENT names.
  mutating func add(
    _ record: SpanRecord, service: SymbolTable.Symbol, peer: SymbolTable.Symbol = SymbolTable.empty,
    kin: SpanKin? = nil
  ) {
    let place = insert(record.id)
    if !entries[place].isSeen { entries[place].waiting = 0 }
    entries[place].marks |= Entry.mark(record.bits.kind, shared: record.bits.contains(.shared))
    if !record.bits.contains(.hasDuration) { entries[place].marks |= Entry.unfinished }
    if record.bits.contains(.edgeCounted) { entries[place].marks |= Entry.edgeCounted }
    if record.bits.contains(.answerCounted) { entries[place].marks |= Entry.answerCounted }
    if let kin { entries[place].marks |= kin.own.marks & Entry.counted }
    if peer != SymbolTable.empty { entries[place].peer = peer }
    let half = record.half(service)
    entries[place].tell(half)
    guard record.parent != 0, record.parent != record.id else { return }
    let above = insert(record.parent)
    if let parent = kin?.parent { entries[above].marks |= parent.marks & Entry.counted }
    guard !entries[above].isSeen else { return }
    entries[above].waiting += 1
    let mark = Entry.waitMark(record.bits)
    guard mark != 0 else { return }
    entries[above].leave(mark, half)
  }

  /// The place of `id`, which from now on is known. Valid until the next insertion.
  mutating func insert(_ id: UInt64) -> Int {
    if let place = place(of: id) { return place }
    count += 1
    if isList {
      entries.append(Entry(id: id))
      return entries.count - 1
    }
    if count == Self.listLimit + 1 || count * 4 > entries.count * 3 { rebuild() }
    let place = probe(id)
    entries[place] = Entry(id: id)
    return place
  }

  private func probe(_ id: UInt64) -> Int {
    let mask = entries.count - 1
    let mixed = id.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    var place = Int(truncatingIfNeeded: mixed.high ^ mixed.low) & mask
    while entries[place].id != 0, entries[place].id != id { place = (place + 1) & mask }
    return place
  }

  private mutating func rebuild() {
    let old = entries
    var size = 64
    while size * 3 < count * 6 { size *= 2 }
    entries = Array(repeating: Entry(id: 0), count: size)
    for entry in old where entry.id != 0 { entries[probe(entry.id)] = entry }
  }
}
