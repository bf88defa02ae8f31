/// The names of services and operations, as figures and the service graph know them: each by a number, for good.
///
/// Bounded in number and in bytes, and it never forgets: what finds no room counts as `(other)`. Which texts do depends on
/// their order alone, not on their hashes, so that two runs of one program keep the same.
struct SymbolTable: Sendable {
  typealias Symbol = UInt16

  /// What a text is: each has a share of its own, so that one client's random operations leave room for services.
  enum Share: Int {
    case name, operation
  }

  static let empty: Symbol = 0
  static let other: Symbol = 1
  private static let limit = 16_000
  private static let longest = 256

  private(set) var texts = [""]
  private var arena: [UInt8] = []
  private var ends: [UInt32] = [0]
  /// Low half: the symbol plus one; high half: part of its hash. 0 is free.
  private var slots: [UInt32] = Array(repeating: 0, count: 128)
  private var counts = [0, 0]
  private var heap = 0
  private let byteLimit: Int
  private let hashes: TextHash

  init(byteLimit: Int, _ hashes: TextHash = .ofProcess) {
    self.byteLimit = byteLimit
    self.hashes = hashes
    _ = symbol(for: "(other)", as: .name)
  }

  var bytes: Int { Room.charged(arena.count) + 4 * slots.count + 20 * Room.charged(texts.count) + heap }

  subscript(symbol: Symbol) -> String { texts[Int(symbol)] }

  /// The symbol of `text` if it has one already.
  func existing(_ text: String) -> Symbol? {
    var text = text
    return text.withUTF8 { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      guard bytes.count > 0 else { return Self.empty }
      return bytes.count > Self.longest ? nil : find(bytes, hash: hashes.of(bytes)).symbol
    }
  }

  /// The symbol of `text`, a new one if there is room; nil where there is none.
  mutating func symbol(for text: String, as share: Share) -> Symbol? {
    var copy = text
    return copy.withUTF8 { symbol(for: UnsafeRawBufferPointer($0), as: share) }
  }

  /// The same for a text of these bytes.
  mutating func symbol(for bytes: UnsafeRawBufferPointer, as share: Share) -> Symbol? {
    guard bytes.count > 0 else { return Self.empty }
    guard bytes.count <= Self.longest else { return nil }
    let hash = hashes.of(bytes)
    let (symbol, place) = find(bytes, hash: hash)
    if let symbol { return symbol }
    guard counts[share.rawValue] < Self.limit,
      arena.count + 24 * texts.count + heap + 2 * bytes.count < byteLimit
    else { return nil }
    return insert(bytes, hash: hash, at: place, as: share)
  }

  private mutating func insert(
    _ bytes: UnsafeRawBufferPointer, hash: UInt64, at place: Int, as share: Share
  ) -> Symbol {
    let symbol = Symbol(texts.count)
    counts[share.rawValue] += 1
    texts.append(String(decoding: bytes, as: UTF8.self))
    arena.append(contentsOf: bytes)
    ends.append(UInt32(arena.count))
    if bytes.count > 15 { heap += bytes.count + 32 }
    slots[place] = Self.entry(symbol, hash)
    if texts.count * 2 > slots.count { grow() }
    return symbol
  }

  /// The symbol, or else the free slot where it would go. At least half of the slots are free.
  private func find(_ bytes: UnsafeRawBufferPointer, hash: UInt64) -> (symbol: Symbol?, place: Int) {
    let mask = slots.count - 1
    let tag = UInt32(truncatingIfNeeded: hash >> 48) << 16
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[place]
      guard entry != 0 else { return (nil, place) }
      let symbol = Symbol(entry & 0xFFFF) - 1
      if entry & 0xFFFF_0000 == tag, matches(symbol, bytes) { return (symbol, place) }
      place = (place &+ 1) & mask
    }
  }

  private func matches(_ symbol: Symbol, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let range = range(of: symbol)
    guard range.count == bytes.count, let right = bytes.baseAddress else { return false }
    return arena.withUnsafeBytes { arena in
      guard let start = arena.baseAddress else { return false }
      return TextHash.areEqual(start + range.lowerBound, right, count: range.count)
    }
  }

  private func range(of symbol: Symbol) -> Range<Int> {
    (symbol == 0 ? 0 : Int(ends[Int(symbol) - 1]))..<Int(ends[Int(symbol)])
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for index in texts.indices.dropFirst() {
      let symbol = Symbol(index)
      let hash = arena.withUnsafeBytes { hashes.of(UnsafeRawBufferPointer(rebasing: $0[range(of: symbol)])) }
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place] != 0 { place = (place + 1) & mask }
      slots[place] = Self.entry(symbol, hash)
    }
  }

  private static func entry(_ symbol: Symbol, _ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 48) << 16 | (UInt32(symbol) + 1)
  }
}
