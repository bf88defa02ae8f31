internal import CPrefetch

/// Texts of one segment, each kept once and named by a number; they go when the segment goes.
struct TextDictionary: ~Copyable, Sendable {
  typealias Code = UInt32

  /// The code of the empty text.
  static let empty: Code = 0

  /// What the table knows of a text: enough to look at one other place only, the text itself.
  struct Entry: BitwiseCopyable, Sendable {
    var hash: UInt32
    /// 0: the place is free.
    var code: Code
    /// Where the text stands.
    var begin: UInt32
    var count: UInt32
  }

  private var arena = Slab<UInt8>(room: 512)
  /// Where each text begins; it ends where the next one does, the last one at the end of the arena.
  private var starts = Slab<UInt32>(room: 64)
  private var table = Slab<Entry>(zeros: 64)
  private let hashes: TextHash

  init(_ hashes: TextHash = .ofProcess) {
    self.hashes = hashes
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
    return text.withUTF8 { Self.areEqual(self[code], UnsafeRawBufferPointer($0)) }
  }

  func text(_ code: Code) -> String { String(decoding: self[code], as: UTF8.self) }

  /// The code of these bytes, a new one if need be. Not after ``seal()``.
  mutating func code(of bytes: UnsafeRawBufferPointer) -> Code {
    bytes.count > 0 ? code(of: bytes, hash: hash(of: bytes)) : Self.empty
  }

  @inline(__always)
  func hash(of bytes: UnsafeRawBufferPointer) -> UInt32 { UInt32(truncatingIfNeeded: hashes.of(bytes)) }

  /// Most of the time that a text takes is that of waiting for memory: who knows what will be asked for asks for the place
  /// in the table first, ``prefetchText(hash:)`` a little later, and for the code when both are there.
  @inline(__always)
  func prefetchEntry(hash: UInt32) { CPrefetch.prefetch(table.start + (Int(hash) & (table.count &- 1))) }

  @inline(__always)
  func prefetchText(hash: UInt32) {
    var place = Int(hash) & (table.count &- 1)
    while table[place].code != 0 {
      if table[place].hash == hash {
        CPrefetch.prefetch(arena.start + Int(table[place].begin))
        return
      }
      place = (place &+ 1) & (table.count &- 1)
    }
  }

  /// The same as ``code(of:)`` for bytes whose hash is known.
  @inline(__always)
  mutating func code(of bytes: UnsafeRawBufferPointer, hash: UInt32) -> Code {
    let likely = table[Int(hash) & (table.count &- 1)]
    if likely.code != 0, likely.hash == hash, isText(likely, bytes) { return likely.code }
    return unlikelyCode(of: bytes, hash: hash)
  }

  private mutating func unlikelyCode(of bytes: UnsafeRawBufferPointer, hash: UInt32) -> Code {
    guard bytes.count > 0 else { return Self.empty }
    let (known, place) = find(bytes, hash: hash)
    if let known { return known }
    let code = Code(starts.count)
    table[place] = Entry(hash: hash, code: code, begin: UInt32(arena.count), count: UInt32(bytes.count))
    starts.append(UInt32(arena.count))
    arena.append(contentsOf: bytes.assumingMemoryBound(to: UInt8.self))
    if starts.count &* 4 > table.count &* 3 { rehash() }
    return code
  }

  /// The code of these bytes if they have one: by the table, or, once that is gone, by looking at all.
  func existing(_ bytes: UnsafeRawBufferPointer) -> Code? {
    guard bytes.count > 0 else { return Self.empty }
    if table.count > 0 { return find(bytes, hash: hash(of: bytes)).code }
    for code in 1..<max(1, Code(starts.count)) where Self.areEqual(self[code], bytes) { return code }
    return nil
  }

  /// The code, or else the free place of the table where it would go.
  private func find(_ bytes: UnsafeRawBufferPointer, hash: UInt32) -> (code: Code?, place: Int) {
    let mask = table.count &- 1
    var place = Int(hash) & mask
    while true {
      let entry = table[place]
      if entry.code == 0 { return (nil, place) }
      if entry.hash == hash, isText(entry, bytes) { return (entry.code, place) }
      place = (place &+ 1) & mask
    }
  }

  @inline(__always)
  private func isText(_ entry: Entry, _ bytes: UnsafeRawBufferPointer) -> Bool {
    guard Int(entry.count) == bytes.count, let right = bytes.baseAddress else { return false }
    return TextHash.areEqual(arena.start + Int(entry.begin), right, count: bytes.count)
  }

  private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count, let one = left.baseAddress, let other = right.baseAddress else {
      return left.count == right.count
    }
    return TextHash.areEqual(one, other, count: left.count)
  }

  /// What is asked for of a text of which the code is known: one after the other, and a while later the text.
  enum Stage { case place, text }

  func prefetch(_ code: Code, _ stage: Stage) {
    let place = starts.start + Int(code)
    switch stage {
    case .place: CPrefetch.prefetch(place)
    case .text: CPrefetch.prefetch(arena.start + Int(place.pointee))
    }
  }

  /// No text is added after this; gives back what only adding needs.
  mutating func seal() {
    table = Slab(room: 0)
    arena.fit()
    starts.fit()
  }

  /// The entries hold their hashes and go to two places each in turn: texts are not looked at, and memory is read and
  /// written from one end to the other.
  private mutating func rehash() {
    var larger = Slab<Entry>(zeros: table.count * 2)
    let mask = larger.count - 1
    for index in 0..<table.count where table[index].code != 0 {
      var place = Int(table[index].hash) & mask
      while larger[place].code != 0 { place = (place + 1) & mask }
      larger[place] = table[index]
    }
    table = larger
  }
}
