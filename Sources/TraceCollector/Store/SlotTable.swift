internal import CPrefetch

/// Finds slots by hashes: open addressing, in which each place holds a slot and half of its hash.
///
/// It grows while it is used: the larger table takes a few entries over from the old one with each insertion, so that
/// none of them waits for all the others. Until that is done both are looked at.
struct SlotTable: ~Copyable, Sendable {
  /// Low half: the slot plus one; high half: its hash. 0 is free.
  private typealias Entry = UInt64

  /// In the old table: was here, and has gone. What was pushed past it is still found.
  private static let gone: Entry = 0xFFFF_FFFF
  /// Places of the old table that one insertion empties. Two would do for it to be empty before the new one is full.
  private static let step = 8

  private var table = Slab<Entry>(zeros: 64)
  private(set) var count = 0
  /// Its places below `moved` are empty; none when nothing is on its way.
  private var old = Slab<Entry>(room: 0)
  private var moved = 0

  init() {}

  var bytes: Int { table.bytes + (isMoving ? old.bytes : 0) }

  /// Entries are on their way into a larger table.
  var isMoving: Bool { moved < old.count }

  /// Asks for the memory in which ``find(_:where:)`` will look first.
  @inline(__always)
  func prefetch(_ hash: UInt64) { CPrefetch.prefetch(table.start + place(hash)) }

  /// The slot of that hash for which `isWanted`.
  @inline(__always)
  func find(_ hash: UInt64, where isWanted: (Int32) -> Bool) -> Int32? {
    var place = place(hash)
    while table[place] != 0 {
      if table[place] >> 32 == hash >> 32, isWanted(Self.slot(table[place])) { return Self.slot(table[place]) }
      place = (place &+ 1) & (table.count &- 1)
    }
    return isMoving ? placeInOld(hash, where: isWanted).map { Self.slot(old[$0]) } : nil
  }

  /// Adds a slot that is not there yet.
  mutating func insert(_ slot: Int32, hash: UInt64) {
    moveSome()
    count += 1
    if count * 4 > table.count * 3 { grow() }
    put(hash & ~0xFFFF_FFFF | UInt64(UInt32(slot)) + 1)
  }

  /// Puts another slot in the place of one that is there.
  mutating func replace(_ slot: Int32, by other: Int32, hash: UInt64) {
    let entry = hash & ~0xFFFF_FFFF | UInt64(UInt32(other)) + 1
    if let place = place(of: slot, hash) { table[place] = entry } else { old[oldPlace(of: slot, hash)] = entry }
  }

  /// Forgets a slot that is there.
  mutating func remove(_ slot: Int32, hash: UInt64) {
    count -= 1
    if let place = place(of: slot, hash) { free(place) } else { old[oldPlace(of: slot, hash)] = Self.gone }
  }

  private static func slot(_ entry: Entry) -> Int32 { Int32(truncatingIfNeeded: entry) &- 1 }

  /// The half of the hash that an entry holds says where it goes, so that growing looks at nothing else.
  @inline(__always)
  private func place(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 32) & (table.count &- 1) }

  private func place(of slot: Int32, _ hash: UInt64) -> Int? {
    var place = place(hash)
    while table[place] != 0 {
      if Self.slot(table[place]) == slot { return place }
      place = (place + 1) & (table.count - 1)
    }
    return nil
  }

  private mutating func put(_ entry: Entry) {
    var place = place(entry)
    while table[place] != 0 { place = (place &+ 1) & (table.count &- 1) }
    table[place] = entry
  }

  /// Empties a place and closes the gap, so that what was pushed past it is still found.
  private mutating func free(_ gap: Int) {
    var gap = gap
    var place = gap
    let mask = table.count - 1
    table[gap] = 0
    while true {
      place = (place + 1) & mask
      guard table[place] != 0 else { return }
      let wanted = self.place(table[place])
      if (place &- wanted) & mask >= (place &- gap) & mask {
        table[gap] = table[place]
        table[place] = 0
        gap = place
      }
    }
  }

  // MARK: Growing

  private mutating func grow() {
    while isMoving { moveSome() }
    old = Slab(zeros: table.count * 2)
    swap(&old, &table)
    moved = 0
  }

  private mutating func moveSome() {
    guard isMoving else { return }
    for _ in 0..<Self.step where isMoving {
      let entry = old[moved]
      if entry != 0, entry != Self.gone {
        put(entry)
        old[moved] = Self.gone
      }
      moved += 1
    }
    if !isMoving { old = Slab(room: 0) }
  }

  private func placeInOld(_ hash: UInt64, where isWanted: (Int32) -> Bool) -> Int? {
    let mask = old.count - 1
    var place = Int(truncatingIfNeeded: hash >> 32) & mask
    while old[place] != 0 {
      if old[place] != Self.gone, old[place] >> 32 == hash >> 32, isWanted(Self.slot(old[place])) { return place }
      place = (place + 1) & mask
    }
    return nil
  }

  private func oldPlace(of slot: Int32, _ hash: UInt64) -> Int {
    guard isMoving, let place = placeInOld(hash, where: { $0 == slot }) else {
      preconditionFailure("A slot was to be changed that is not in its table.")
    }
    return place
  }
}
