/// Texts that come again and again, each kept once and named by a number.
///
/// Bounded in number and in bytes, and it never forgets: what finds no room is written out in full by whoever holds it.
/// Hashes are our own, over the bytes, so that two runs of one program keep the same bytes.
struct SymbolTable: Sendable {
  typealias Symbol = UInt16

  /// What a text is: each has a share of its own, so that one client's random values leave room for services.
  enum Share: Int {
    case name, operation, value
  }

  static let empty: Symbol = 0
  static let other: Symbol = 1
  private static let limits = [16_000, 16_000, 32_000]
  private static let longest = 256
  private static let probes = 64

  private(set) var texts: [String] = []
  private var arena: [UInt8] = []
  private var ends: [UInt32] = []
  /// Low half: the symbol plus one; high half: part of its hash. 0 is free.
  private var slots: [UInt32]
  /// Hashes of values that were seen once: a value is worth a symbol when it comes a second time.
  private var once: [UInt32]
  private var counts = [0, 0, 0]
  private var heap = 0
  private let byteLimit: Int

  init(byteLimit: Int) {
    self.byteLimit = byteLimit
    slots = Array(repeating: 0, count: 128)
    var size = 64
    while size < 4_096, size * 32 < byteLimit { size *= 2 }
    once = Array(repeating: 0, count: size)
    _ = symbol(for: "", as: .name)
    _ = symbol(for: "(other)", as: .name)
  }

  var bytes: Int {
    Room.charged(arena.count) + 4 * (slots.count + once.count) + 20 * Room.charged(texts.count) + heap
  }

  subscript(symbol: Symbol) -> String { texts[Int(symbol)] }

  /// The symbol of `text` if it has one already.
  func existing(_ text: String) -> Symbol? {
    var text = text
    return text.withUTF8 { bytes in
      bytes.count > Self.longest ? nil : find(bytes, hash: Self.hash(bytes)).symbol
    }
  }

  /// The symbol of `text`, a new one if there is room; nil where there is none, or for a value that is new.
  mutating func symbol(for text: String, as share: Share) -> Symbol? {
    var copy = text
    return copy.withUTF8 { bytes -> Symbol? in
      guard bytes.count <= Self.longest else { return nil }
      let hash = Self.hash(bytes)
      let (symbol, place) = find(bytes, hash: hash)
      if let symbol { return symbol }
      if share == .value {
        let mark = UInt32(truncatingIfNeeded: hash >> 20) | 1
        let cell = Int(truncatingIfNeeded: hash) & (once.count - 1)
        guard once[cell] == mark else {
          once[cell] = mark
          return nil
        }
      }
      guard let place, counts[share.rawValue] < Self.limits[share.rawValue],
        arena.count + 24 * texts.count + heap + 2 * bytes.count < byteLimit
      else { return nil }
      return insert(text, bytes, hash: hash, at: place, as: share)
    }
  }

  private mutating func insert(
    _ text: String, _ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64, at place: Int, as share: Share
  ) -> Symbol {
    let symbol = Symbol(texts.count)
    counts[share.rawValue] += 1
    texts.append(text)
    arena.append(contentsOf: bytes)
    ends.append(UInt32(arena.count))
    if bytes.count > 15 { heap += bytes.count + 32 }
    slots[place] = Self.entry(symbol, hash)
    if texts.count * 2 > slots.count { grow() }
    return symbol
  }

  /// The symbol, or the free slot where it would go; neither when too many neighbours are taken.
  private func find(_ bytes: UnsafeBufferPointer<UInt8>, hash: UInt64) -> (symbol: Symbol?, place: Int?) {
    let mask = slots.count - 1
    let tag = UInt32(truncatingIfNeeded: hash >> 48) << 16
    for probe in 0..<Self.probes {
      let place = (Int(truncatingIfNeeded: hash) &+ probe) & mask
      let entry = slots[place]
      guard entry != 0 else { return (nil, place) }
      let symbol = Symbol(entry & 0xFFFF) - 1
      if entry & 0xFFFF_0000 == tag, matches(symbol, bytes) { return (symbol, nil) }
    }
    return (nil, nil)
  }

  private func matches(_ symbol: Symbol, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let range = range(of: symbol)
    guard range.count == bytes.count else { return false }
    return arena.withUnsafeBytes { Self.areEqual(UnsafeRawBufferPointer(rebasing: $0[range]), .init(bytes)) }
  }

  /// Of equal length; eight bytes at a time.
  private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    var position = 0
    while position + 8 <= left.count {
      let words = (
        left.loadUnaligned(fromByteOffset: position, as: UInt64.self),
        right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      )
      guard words.0 == words.1 else { return false }
      position += 8
    }
    while position < left.count {
      guard left[position] == right[position] else { return false }
      position += 1
    }
    return true
  }

  private func range(of symbol: Symbol) -> Range<Int> {
    (symbol == 0 ? 0 : Int(ends[Int(symbol) - 1]))..<Int(ends[Int(symbol)])
  }

  private mutating func grow() {
    slots = Array(repeating: 0, count: slots.count * 2)
    let mask = slots.count - 1
    for index in texts.indices {
      let symbol = Symbol(index)
      let hash = arena.withUnsafeBufferPointer { Self.hash(UnsafeBufferPointer(rebasing: $0[range(of: symbol)])) }
      var place = Int(truncatingIfNeeded: hash) & mask
      while slots[place] != 0 { place = (place + 1) & mask }
      slots[place] = Self.entry(symbol, hash)
    }
  }

  private static func entry(_ symbol: Symbol, _ hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 48) << 16 | (UInt32(symbol) + 1)
  }

  /// Multiplies and folds eight bytes at a time, after wyhash.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: raw.count)
    var position = 0
    while position + 8 <= raw.count {
      hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      position += 8
    }
    var rest: UInt64 = 0
    while position < raw.count {
      rest = rest << 8 | UInt64(raw[position])
      position += 1
    }
    return fold(hash ^ rest ^ 0xE703_7ED1_A0B4_28DB)
  }

  private static func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
    return product.high ^ product.low
  }
}
