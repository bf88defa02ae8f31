/// Texts of one segment, each kept once and named by a number; they go when the segment goes.
struct TextDictionary: ~Copyable, Sendable {
  typealias Code = UInt32

  /// The code of the empty text.
  static let empty: Code = 0

  private var arena = Slab<UInt8>(room: 512)
  /// Where each text begins; it ends where the next one does, the last one at the end of the arena.
  private var starts = Slab<UInt32>(room: 64)
  /// Low half: the code plus one, 0 is free; high half: the upper half of the hash.
  private var table = Slab<UInt64>(repeating: 0, count: 128)

  init() {
    starts.append(0)
  }

  var count: Int { starts.count }

  var bytes: Int { arena.bytes + starts.bytes + table.bytes }

  /// Of the texts and what finds them.
  var filled: Int { arena.count + 20 * starts.count }

  /// Valid until the next text is added.
  subscript(code: Code) -> UnsafeRawBufferPointer {
    let begin = Int(starts[Int(code)])
    let end = Int(code) + 1 < starts.count ? Int(starts[Int(code) + 1]) : arena.count
    return UnsafeRawBufferPointer(start: arena.start + begin, count: end - begin)
  }

  func isText(_ code: Code, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { code == Self.empty ? $0.isEmpty : isText(code, UnsafeRawBufferPointer($0)) }
  }

  func text(_ code: Code) -> String { String(decoding: self[code], as: UTF8.self) }

  /// The code of these bytes, a new one if need be. Not after ``seal()``.
  mutating func code(of bytes: UnsafeRawBufferPointer) -> Code {
    guard bytes.count > 0 else { return Self.empty }
    let hash = TextHash.of(bytes)
    let (known, place) = find(bytes, hash: hash)
    if let known { return known }
    let code = Code(starts.count)
    table[place] = Self.entry(code, hash)
    starts.append(UInt32(arena.count))
    arena.append(contentsOf: bytes.assumingMemoryBound(to: UInt8.self))
    if starts.count &* 2 > table.count { rehash() }
    return code
  }

  /// The code of these bytes if they have one: by the table, or, once that is gone, by looking at all.
  func existing(_ bytes: UnsafeRawBufferPointer) -> Code? {
    guard bytes.count > 0 else { return Self.empty }
    if table.count > 0 { return find(bytes, hash: TextHash.of(bytes)).code }
    for code in 1..<max(1, Code(starts.count)) where isText(code, bytes) { return code }
    return nil
  }

  /// The code, or else the free place of the table where it would go.
  @inline(__always)
  private func find(_ bytes: UnsafeRawBufferPointer, hash: UInt64) -> (code: Code?, place: Int) {
    let mask = table.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = table[place]
      if entry == 0 { return (nil, place) }
      let code = Code(truncatingIfNeeded: entry) &- 1
      if (entry ^ hash) >> 32 == 0, isText(code, bytes) { return (code, place) }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always)
  private func isText(_ code: Code, _ bytes: UnsafeRawBufferPointer) -> Bool {
    let begin = Int(starts[Int(code)])
    let end = Int(code) &+ 1 < starts.count ? Int(starts[Int(code) &+ 1]) : arena.count
    guard end &- begin == bytes.count, let right = bytes.baseAddress else { return false }
    return TextHash.areEqual(arena.start + begin, right, count: bytes.count)
  }

  private static func entry(_ code: Code, _ hash: UInt64) -> UInt64 { hash & ~0xFFFF_FFFF | UInt64(code &+ 1) }

  /// No text is added after this; gives back what only adding needs.
  mutating func seal() {
    table = Slab(room: 0)
    arena.fit()
    starts.fit()
  }

  private mutating func rehash() {
    // The table holds half of each hash; where it has grown beyond what that half tells, the text is hashed anew.
    var larger = Slab<UInt64>(repeating: 0, count: table.count * 2)
    let mask = larger.count - 1
    for code in 1..<Code(starts.count) {
      let hash = TextHash.of(self[code])
      var place = Int(truncatingIfNeeded: hash) & mask
      while larger[place] != 0 { place = (place + 1) & mask }
      larger[place] = Self.entry(code, hash)
    }
    table = larger
  }
}
