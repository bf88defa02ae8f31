/// What the words of spans mean: the keys and types of their values, each such row kept once.
struct ShapeTable: ~Copyable, Sendable {
  /// In one word, so that it is written and compared at once.
  struct Field: BitwiseCopyable, Sendable, Equatable {
    private var word: UInt64

    init(key: UInt32, type: ValueType) { word = UInt64(key) << 8 | UInt64(type.rawValue) }

    /// Below ``SpanField/attributes`` one of these; otherwise the code of a name, plus that.
    var key: UInt32 { UInt32(truncatingIfNeeded: word >> 8) }

    var type: ValueType {
      guard let type = ValueType(rawValue: UInt8(truncatingIfNeeded: word)) else {
        preconditionFailure("A field has a type that no value has.")
      }
      return type
    }
  }

  struct Shape: BitwiseCopyable, Sendable {
    var first: UInt32
    var count: UInt32
  }

  private var fields = Slab<Field>(room: 16)
  private var shapes = Slab<Shape>(room: 4)
  /// A shape's number plus one; 0 is free.
  private var table = Slab<UInt32>(repeating: 0, count: 8)
  private var last = 0
  private let hashes: TextHash

  init(_ hashes: TextHash = .ofProcess) {
    self.hashes = hashes
  }

  var count: Int { shapes.count }
  var bytes: Int { fields.bytes + shapes.bytes + table.bytes }

  /// Valid until the next shape is added.
  subscript(shape: UInt16) -> UnsafeBufferPointer<Field> {
    let shape = shapes[Int(shape)]
    return UnsafeBufferPointer(start: fields.start + Int(shape.first), count: Int(shape.count))
  }

  /// The number of the shape with these fields, a new one if need be. A segment takes no row when there are 65,536.
  mutating func shape(of wanted: UnsafeBufferPointer<Field>) -> UInt16 {
    // Spans of one kind come one after the other.
    if last < shapes.count, isShape(last, wanted) { return UInt16(last) }
    let bytes = UnsafeRawBufferPointer(wanted)
    var place = Int(truncatingIfNeeded: hashes.of(bytes)) & (table.count - 1)
    while table[place] != 0 {
      last = Int(table[place]) - 1
      if isShape(last, wanted) { return UInt16(last) }
      place = (place + 1) & (table.count - 1)
    }
    last = shapes.count
    table[place] = UInt32(last) + 1
    shapes.append(Shape(first: UInt32(fields.count), count: UInt32(wanted.count)))
    fields.append(contentsOf: wanted)
    if shapes.count * 2 > table.count { rehash() }
    return UInt16(last)
  }

  /// No shape is added after this; gives back what only adding needs.
  mutating func seal() {
    table = Slab(room: 0)
    fields.fit()
    shapes.fit()
  }

  private func isShape(_ number: Int, _ wanted: UnsafeBufferPointer<Field>) -> Bool {
    let shape = shapes[number]
    guard Int(shape.count) == wanted.count else { return false }
    guard let right = wanted.baseAddress else { return true }
    return TextHash.areEqual(fields.start + Int(shape.first), right, count: wanted.count * MemoryLayout<Field>.stride)
  }

  private mutating func rehash() {
    var larger = Slab<UInt32>(repeating: 0, count: table.count * 2)
    for number in 0..<shapes.count {
      let bytes = UnsafeRawBufferPointer(self[UInt16(number)])
      var place = Int(truncatingIfNeeded: hashes.of(bytes)) & (larger.count - 1)
      while larger[place] != 0 { place = (place + 1) & (larger.count - 1) }
      larger[place] = UInt32(number) + 1
    }
    table = larger
  }
}
