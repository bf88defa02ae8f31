internal import TraceModel

/// The traces that are held: found by id, and walked from the newest to the oldest.
struct TraceTable: ~Copyable, Sendable {
  private var entries = PagedSlab<TraceEntry>()
  private var free: [Int32] = []
  /// By the low half of their ids: one of those that have it. The others follow through `nextSameLow`.
  private var heads = SlotTable()
  /// By their whole ids: those that follow. Ids that are drawn have none, and ids that are chosen have no long way.
  private var followers = SlotTable()
  private var oldest: Int32 = -1
  private(set) var newest: Int32 = -1
  private var arrivals: UInt64 = 0
  private(set) var count = 0
  private var slowest: SlowestTraces
  private let hashes: TextHash

  init(slowestKept: Int, operations: Int, _ hashes: TextHash = .ofProcess) {
    self.hashes = hashes
    slowest = SlowestTraces(limit: slowestKept, operations: operations)
  }

  var bytes: Int { entries.bytes + heads.bytes + followers.bytes + slowest.bytes + 4 * Room.charged(free.count) }

  /// Of a slot that is in use.
  subscript(slot: Int32) -> UnsafeMutablePointer<TraceEntry> {
    assert(entries[Int(slot)].marks.contains(.isHeld), "A trace was asked for that has been evicted.")
    return entries.pointer(to: Int(slot))
  }

  /// True when the trace in `slot` still is the one that arrived as number `arrival`.
  func isHeld(_ slot: Int32, arrival: UInt64) -> Bool {
    entries[Int(slot)].marks.contains(.isHeld) && entries[Int(slot)].arrival == arrival
  }

  /// The newest trace that arrived before number `arrival`; −1 when there is none.
  func newest(olderThan arrival: UInt64) -> Int32 {
    var slot = newest
    while slot >= 0, entries[Int(slot)].arrival >= arrival { slot = entries[Int(slot)].older }
    return slot
  }

  /// Finds by the whole id, or, where one of the two has 64 bits only, by the low half.
  func slot(high: UInt64, low: UInt64) -> Int32? {
    guard let head = head(low) else { return nil }
    let known = entries[Int(head)].high
    // One of 64 bits has no follower: whatever came after it would have been taken for it.
    if known == high || high == 0 || known == 0 { return head }
    guard entries[Int(head)].nextSameLow >= 0 else { return nil }
    return followers.find(hashes.of(high: high, low: low)) {
      entries[Int($0)].low == low && entries[Int($0)].high == high
    }
  }

  func slot(of id: GTXID) -> Int32? { slot(high: id.high, low: id.low) }

  mutating func add(high: UInt64, low: UInt64, start: Int64, end: Int64) -> Int32 {
    arrivals += 1
    var entry = TraceEntry(high: high, low: low, start: start, end: end, arrival: arrivals)
    let slot = free.popLast() ?? Int32(entries.count)
    entry.older = newest
    if newest >= 0 { entries[Int(newest)].newer = slot } else { oldest = slot }
    newest = slot
    count += 1
    let head = head(low)
    if let head { follow(head, slot, &entry) }
    if Int(slot) == entries.count { entries.append(entry) } else { entries[Int(slot)] = entry }
    if head == nil { heads.insert(slot, hash: hashes.of(low)) }
    return slot
  }

  /// Forgets the trace in `slot`.
  mutating func remove(_ slot: Int32) {
    let entry = entries[Int(slot)]
    if entry.marks.contains(.isSlow) { slowest.remove(slot, key: entry.slowKey) }
    if entry.older >= 0 { entries[Int(entry.older)].newer = entry.newer } else { oldest = entry.newer }
    if entry.newer >= 0 { entries[Int(entry.newer)].older = entry.older } else { newest = entry.older }
    unchain(slot, entry)
    entries[Int(slot)].marks = []
    free.append(slot)
    count -= 1
  }

  /// Compares how long the trace in `slot` takes by now with the slowest of its root's operation.
  mutating func rank(_ slot: Int32) {
    let trace = entries.pointer(to: Int(slot))
    guard trace.pointee.marks.contains(.hasRootKey) else { return }
    let key = trace.pointee.rootKey
    if trace.pointee.marks.contains(.isSlow), trace.pointee.slowKey != key {
      slowest.remove(slot, key: trace.pointee.slowKey)
      trace.pointee.marks.remove(.isSlow)
    }
    let isListed = trace.pointee.marks.contains(.isSlow)
    switch slowest.offer(slot, duration: trace.pointee.end &- trace.pointee.start, key: key, isListed: isListed) {
    case .isNotSlow: return
    case .isSlow: break
    case .replaced(let other): entries[Int(other)].marks.remove(.isSlow)
    }
    trace.pointee.marks.insert(.isSlow)
    trace.pointee.slowKey = key
  }

  // MARK: By the low half

  /// Asks for the memory in which ``slot(high:low:)`` will look first.
  func prefetch(low: UInt64) { heads.prefetch(hashes.of(low)) }

  private func head(_ low: UInt64) -> Int32? {
    heads.find(hashes.of(low)) { entries[Int($0)].low == low }
  }

  private mutating func follow(_ head: Int32, _ slot: Int32, _ entry: inout TraceEntry) {
    let next = entries[Int(head)].nextSameLow
    entry.previousSameLow = head
    entry.nextSameLow = next
    entries[Int(head)].nextSameLow = slot
    if next >= 0 { entries[Int(next)].previousSameLow = slot }
    followers.insert(slot, hash: hashes.of(high: entry.high, low: entry.low))
  }

  private mutating func unchain(_ slot: Int32, _ entry: TraceEntry) {
    let (previous, next) = (entry.previousSameLow, entry.nextSameLow)
    if next >= 0 { entries[Int(next)].previousSameLow = previous }
    guard previous < 0 else {
      entries[Int(previous)].nextSameLow = next
      followers.remove(slot, hash: hashes.of(high: entry.high, low: entry.low))
      return
    }
    let hash = hashes.of(entry.low)
    guard next >= 0 else { return heads.remove(slot, hash: hash) }
    heads.replace(slot, by: next, hash: hash)
    followers.remove(next, hash: hashes.of(high: entries[Int(next)].high, low: entry.low))
  }
}
