internal import TraceModel

/// The span ids that one trace knows of: those that are there, and those that others name as their parent.
///
/// A plain list while there are few; an open-addressed table beyond that.
struct SpanIndex: Sendable {
  struct Entry: Sendable {
    var id: UInt64
    /// Children that came before their parent, while it is not there.
    var waiting: UInt32 = 0
    /// Of this span; while it is not there, of the SERVER or CONSUMER that waits for it.
    var service: SymbolTable.Symbol = SymbolTable.empty
    /// One bit for each kind and shared flag that is there, and those below.
    var marks: UInt16 = 0

    static let seen: UInt16 = 0x3FF
    static let unfinished: UInt16 = 1 << 10
    /// The edge of this CLIENT span stands in the service graph.
    static let edgeCounted: UInt16 = 1 << 11
    static let serverWaits: UInt16 = 1 << 12
    static let consumerWaits: UInt16 = 1 << 13
    static let waitingFailed: UInt16 = 1 << 14

    static func mark(_ kind: SpanKind, shared: Bool) -> UInt16 { 1 << UInt16(kind.rawValue * 2 + (shared ? 1 : 0)) }

    /// What a child of that kind leaves with a parent that is not there yet; 0 where it leaves nothing.
    static func waitMark(_ kind: SpanKind) -> UInt16 {
      switch kind {
      case .server: serverWaits
      case .consumer: consumerWaits
      case .client, .producer, .internal: 0
      }
    }

    var isSeen: Bool { marks & Self.seen != 0 }

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

  /// Makes a span and its parent known. `kin` tells of edges that were counted because of it.
  mutating func add(_ record: SpanRecord, service: SymbolTable.Symbol, kin: SpanKin? = nil) {
    let place = insert(record.id)
    if !entries[place].isSeen { entries[place].waiting = 0 }
    entries[place].marks |= Entry.mark(record.bits.kind, shared: record.bits.contains(.shared))
    if !record.bits.contains(.hasDuration) { entries[place].marks |= Entry.unfinished }
    if record.bits.contains(.edgeCounted) { entries[place].marks |= Entry.edgeCounted }
    if let kin { entries[place].marks |= kin.own.marks & Entry.edgeCounted }
    entries[place].service = service
    guard record.parent != 0, record.parent != record.id else { return }
    let above = insert(record.parent)
    if let parent = kin?.parent { entries[above].marks |= parent.marks & Entry.edgeCounted }
    guard !entries[above].isSeen else { return }
    entries[above].waiting += 1
    let mark = Entry.waitMark(record.bits.kind)
    guard mark != 0 else { return }
    entries[above].marks |= mark | (record.bits.status == .error ? Entry.waitingFailed : 0)
    entries[above].service = service
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
