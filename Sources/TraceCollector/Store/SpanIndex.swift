internal import TraceModel

/// The span ids that one trace knows of: those that are there, and those that others name as their parent.
///
/// A plain list while there are few; an open-addressed table beyond that.
struct SpanIndex: Sendable {
  struct Entry: Sendable {
    var id: UInt64
    /// Children that came before their parent, while it is not there.
    var waiting: UInt32 = 0
    /// Microseconds that this span took; while it is not there, of the SERVER that waits for it.
    var length = Entry.unknownLength
    /// Of the same span as ``length``; so is ``failed``.
    var service: SymbolTable.Symbol = SymbolTable.empty
    /// One bit for each kind and shared flag that is there, and those below.
    var marks: UInt16 = 0
    /// Whom this CLIENT span names as the other side; empty where it names nobody, or nobody has looked.
    var peer: SymbolTable.Symbol = SymbolTable.empty
    /// The service of the SERVER that came first of those that answer this span; empty while there is none.
    var answerer: SymbolTable.Symbol = SymbolTable.empty
    /// The CLIENT span with this id, of several pieces the first.
    var client = SpanReference.none
    /// The CONSUMER spans that wait for this one; −1 for none.
    var consumers: Int32 = -1

    static let seen: UInt16 = 0x3FF
    static let unfinished: UInt16 = 1 << 10
    /// The edge of this CLIENT span stands in the service graph.
    static let edgeCounted: UInt16 = 1 << 11
    static let serverWaits: UInt16 = 1 << 12
    static let failed: UInt16 = 1 << 14
    /// The answer to this CLIENT span stands in the service graph.
    static let answerCounted: UInt16 = 1 << 15
    static let counted = edgeCounted | answerCounted
    static let unknownLength = UInt32.max

    static func mark(_ kind: SpanKind, shared: Bool) -> UInt16 { 1 << UInt16(kind.rawValue * 2 + (shared ? 1 : 0)) }

    /// Whether a child may be the answer to its parent. A SERVER that shares its client's id is none.
    static func isAnswer(_ child: SpanRecord.Bits) -> Bool { child.kind == .server && !child.contains(.shared) }

    var isSeen: Bool { marks & Self.seen != 0 }

    /// Takes over what the span at hand says of where it ran and how.
    mutating func tell(_ half: ServiceGraph.Half) {
      service = half.service
      length = half.length
      marks = half.failed ? marks | Self.failed : marks & ~Self.failed
    }

    /// Takes over what another piece of the span at hand says, which came after the others or before them.
    mutating func merge(_ half: ServiceGraph.Half, isNewer: Bool) {
      if half.failed { marks |= Self.failed }
      if length == Self.unknownLength || isNewer && half.length != Self.unknownLength { length = half.length }
    }

    /// What a SERVER leaves with its parent, which is not there yet.
    mutating func leave(_ server: ServiceGraph.Half) {
      marks |= Self.serverWaits
      tell(server)
    }

    func has(_ kind: SpanKind) -> Bool {
      marks & (Self.mark(kind, shared: false) | Self.mark(kind, shared: true)) != 0
    }
  }

  private static let listLimit = 24
  private var entries: [Entry] = []
  private(set) var count = 0
  /// CONSUMER spans that wait for their parent: all of them have an edge of their own.
  private struct Waiter: Sendable {
    var half: ServiceGraph.Half
    var next: Int32
  }
  private var waiters: [Waiter] = []
  private var freeWaiters: Int32 = -1
  private let hashes: TextHash

  init(_ hashes: TextHash = .ofProcess) {
    self.hashes = hashes
  }

  var bytes: Int {
    Room.charged(entries.count) * MemoryLayout<Entry>.stride + Room.charged(waiters.count) * MemoryLayout<Waiter>.stride
      + 40
  }

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
    _ record: SpanRecord, at reference: SpanReference, service: SymbolTable.Symbol,
    peer: SymbolTable.Symbol = SymbolTable.empty,
    kin: SpanKin? = nil
  ) {
    let place = insert(record.id)
    if !entries[place].isSeen {
      entries[place].waiting = 0
      releaseConsumers(of: place)
    }
    let mark = Entry.mark(record.bits.kind, shared: record.bits.contains(.shared))
    let seen = entries[place].marks & Entry.seen
    entries[place].marks |= mark
    if !record.bits.contains(.hasDuration) { entries[place].marks |= Entry.unfinished }
    if record.bits.contains(.edgeCounted) { entries[place].marks |= Entry.edgeCounted }
    if record.bits.contains(.answerCounted) { entries[place].marks |= Entry.answerCounted }
    if let kin { entries[place].marks |= kin.own.marks & Entry.counted }
    if peer != SymbolTable.empty { entries[place].peer = peer }
    let half = record.half(service)
    if seen == mark { entries[place].merge(half, isNewer: true) } else { entries[place].tell(half) }
    if record.bits.kind == .client, entries[place].client == .none { entries[place].client = reference }
    if record.bits.kind == .server, entries[place].answerer == SymbolTable.empty { entries[place].answerer = service }
    guard record.parent != 0, record.parent != record.id else { return }
    let above = insert(record.parent)
    if let parent = kin?.parent { entries[above].marks |= parent.marks & Entry.counted }
    let isAnswer = Entry.isAnswer(record.bits)
    if isAnswer, entries[above].answerer == SymbolTable.empty { entries[above].answerer = service }
    guard !entries[above].isSeen else { return }
    entries[above].waiting += 1
    if isAnswer, entries[above].marks & Entry.serverWaits == 0 { entries[above].leave(half) }
    if record.bits.kind == .consumer, seen & mark == 0 { wait(half, for: above) }
  }

  // MARK: Consumers

  /// Those that wait for a span which is not there, in the order in which they came.
  func consumers(of entry: Entry) -> [ServiceGraph.Half] {
    guard entry.consumers >= 0 else { return [] }
    var halves: [ServiceGraph.Half] = []
    var place = entry.consumers
    while place >= 0 {
      halves.append(waiters[Int(place)].half)
      place = waiters[Int(place)].next
    }
    return halves.reversed()
  }

  private mutating func wait(_ half: ServiceGraph.Half, for place: Int) {
    let waiter = Waiter(half: half, next: entries[place].consumers)
    var number = freeWaiters
    if number >= 0 {
      freeWaiters = waiters[Int(number)].next
      waiters[Int(number)] = waiter
    } else {
      number = Int32(waiters.count)
      waiters.append(waiter)
    }
    entries[place].consumers = number
  }

  private mutating func releaseConsumers(of place: Int) {
    while entries[place].consumers >= 0 {
      let number = entries[place].consumers
      entries[place].consumers = waiters[Int(number)].next
      waiters[Int(number)].next = freeWaiters
      freeWaiters = number
    }
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
    var place = Int(truncatingIfNeeded: hashes.of(id)) & mask
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
