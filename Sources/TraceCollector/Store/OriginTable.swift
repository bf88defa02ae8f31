/// Where the spans of a segment come from: service, instance and what else their sender said of itself, each such row
/// kept once.
struct OriginTable: ~Copyable, Sendable {
  struct Origin: BitwiseCopyable, Sendable, Equatable {
    /// Codes of texts.
    var service: UInt32
    var instance: UInt32
    /// Code of a ``SpanOrigin`` as ``ByteWriter`` writes it; 0: none.
    var facts: UInt32
    /// The service among the names that the whole store knows.
    var symbol: SymbolTable.Symbol
  }

  private var origins = Slab<Origin>(room: 4)
  /// An origin's number plus one; 0 is free.
  private var table = Slab<UInt32>(repeating: 0, count: 8)
  private let hashes: TextHash

  init(_ hashes: TextHash = .ofProcess) {
    self.hashes = hashes
  }

  var count: Int { origins.count }
  var bytes: Int { origins.bytes + table.bytes }

  subscript(number: UInt16) -> Origin { origins[Int(number)] }

  /// The number of that origin, a new one if need be. A segment takes no row when there are 65,536.
  mutating func number(of origin: Origin) -> UInt16 {
    var place = place(of: origin, mask: table.count - 1)
    while table[place] != 0 {
      let number = Int(table[place]) - 1
      if origins[number] == origin { return UInt16(number) }
      place = (place + 1) & (table.count - 1)
    }
    table[place] = UInt32(origins.count) + 1
    origins.append(origin)
    if origins.count * 2 > table.count { rehash() }
    return UInt16(origins.count - 1)
  }

  /// No origin is added after this; gives back what only adding needs.
  mutating func seal() {
    table = Slab(room: 0)
    origins.fit()
  }

  private func place(of origin: Origin, mask: Int) -> Int {
    let names = hashes.of(UInt64(origin.service) << 32 | UInt64(origin.instance))
    return Int(truncatingIfNeeded: hashes.of(names ^ UInt64(origin.facts))) & mask
  }

  private mutating func rehash() {
    var larger = Slab<UInt32>(repeating: 0, count: table.count * 2)
    for number in 0..<origins.count {
      var place = place(of: origins[number], mask: larger.count - 1)
      while larger[place] != 0 { place = (place + 1) & (larger.count - 1) }
      larger[place] = UInt32(number) + 1
    }
    table = larger
  }
}
