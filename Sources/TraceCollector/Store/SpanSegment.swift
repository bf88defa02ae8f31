internal import CPrefetch
internal import TraceModel

/// Some of the spans, with everything that is needed to read them: what it holds goes at once when it is let go.
///
/// Rows are only added until the segment is sealed. After that what they say stays as it is; where they stand in their
/// trace may change.
struct SpanSegment: ~Copyable, Sendable {
  /// Rows that one segment may have. The more there are, the more of them share a text.
  static let rows = 262_144
  /// Shapes that it may have, and origins: as many as a row can name.
  private static let kinds = 65_536

  var records = Slab<SpanRecord>(room: 16)
  private(set) var words = Slab<UInt32>(room: 64)
  private(set) var texts: TextDictionary
  private(set) var shapes: ShapeTable
  private(set) var origins: OriginTable
  /// Each behind its length in four bytes.
  private var blobs = Slab<UInt8>(room: 0)
  /// The symbols of texts that are names of operations and of who is called; ``unknown`` where nobody asked.
  private var symbols = Slab<SymbolTable.Symbol>(room: 0)
  /// By shape: whether its spans name a database; 0 where nobody asked.
  private var databaseShapes = Slab<UInt8>(room: 0)
  private var scratch = Slab<ShapeTable.Field>(room: 16)
  private static let unknown = SymbolTable.Symbol.max

  /// Takes no more rows, and never changes its ``bytes`` again.
  private(set) var isSealed = false

  init(_ hashes: TextHash = .ofProcess) {
    texts = TextDictionary(hashes)
    shapes = ShapeTable(hashes)
    origins = OriginTable(hashes)
  }

  var bytes: Int {
    records.bytes + words.bytes + texts.bytes + shapes.bytes + origins.bytes + blobs.bytes + symbols.bytes
      + databaseShapes.bytes + scratch.bytes
  }

  /// Another row might have no number, or a shape or origin without one.
  var isFull: Bool { records.count >= Self.rows || shapes.count >= Self.kinds || origins.count >= Self.kinds }

  /// Bytes that are in use, which may be fewer than ``bytes``.
  var filled: Int {
    records.count * MemoryLayout<SpanRecord>.stride + 4 * words.count + texts.filled + blobs.count
  }

  mutating func seal() {
    isSealed = true
    records.fit()
    words.fit()
    texts.seal()
    shapes.seal()
    origins.seal()
    blobs.fit()
    symbols = Slab(room: 0)
    databaseShapes = Slab(room: 0)
    scratch = Slab(room: 0)
  }

  // MARK: Adding

  /// Begins a row of so many values at most; returns where they stand.
  mutating func beginRow(values: Int) -> UInt32 {
    words.reserve(2 * values)
    return UInt32(words.count)
  }

  mutating func code(of text: UnsafeRawBufferPointer) -> TextDictionary.Code { texts.code(of: text) }

  /// A text or an encoded value, whose hash is known.
  @inline(__always)
  mutating func append(_ text: UnsafeRawBufferPointer, hash: UInt32) {
    words.appendReserved(texts.code(of: text, hash: hash))
  }

  mutating func append(code: TextDictionary.Code) { words.appendReserved(code) }

  mutating func append(blob: UnsafeRawBufferPointer) {
    words.appendReserved(UInt32(blobs.count))
    withUnsafeBytes(of: UInt32(blob.count)) { blobs.append(contentsOf: $0.assumingMemoryBound(to: UInt8.self)) }
    blobs.append(contentsOf: blob.assumingMemoryBound(to: UInt8.self))
  }

  /// A value that is no text: `bits` as ``SpanBatch/Field/payload`` has them. Returns how it is kept.
  mutating func append(bits: UInt64, _ type: ValueType) -> ValueType {
    var type = type
    if type == .integer, Int64(bitPattern: bits) == Int64(Int32(truncatingIfNeeded: bits)) { type = .small }
    let count = type.words
    if count > 0 { words.appendReserved(UInt32(truncatingIfNeeded: bits)) }
    if count > 1 { words.appendReserved(UInt32(truncatingIfNeeded: bits >> 32)) }
    return type
  }

  /// Begins to say what the words of a row mean.
  mutating func beginShape(values: Int) {
    scratch.removeAll()
    scratch.reserve(values)
  }

  mutating func append(_ field: ShapeTable.Field) { scratch.appendReserved(field) }

  /// The shape of the fields since ``beginShape(values:)``.
  mutating func endShape() -> UInt16 {
    shapes.shape(of: UnsafeBufferPointer(start: scratch.start, count: scratch.count))
  }

  mutating func origin(_ origin: OriginTable.Origin) -> UInt16 { origins.number(of: origin) }

  /// What the whole store calls the text with that code, found by `symbol` once; each time after the segment was
  /// sealed.
  mutating func symbol(
    of code: TextDictionary.Code, _ symbol: (UnsafeRawBufferPointer) -> SymbolTable.Symbol
  ) -> SymbolTable.Symbol {
    guard !isSealed else { return symbol(texts[code]) }
    symbols.grow(to: Int(code) + 1, with: Self.unknown)
    if symbols[Int(code)] == Self.unknown { symbols[Int(code)] = symbol(texts[code]) }
    return symbols[Int(code)]
  }

  /// Whether a shape has what `isDatabase` says, which is asked once; each time after the segment was sealed.
  mutating func isDatabase(_ shape: UInt16, _ isDatabase: (borrowing SpanSegment) -> Bool) -> Bool {
    guard !isSealed else { return isDatabase(self) }
    databaseShapes.grow(to: Int(shape) + 1, with: 0)
    if databaseShapes[Int(shape)] == 0 { databaseShapes[Int(shape)] = isDatabase(self) ? 2 : 1 }
    return databaseShapes[Int(shape)] == 2
  }

  // MARK: Reading

  /// Asks for the words of a row.
  func prefetchWords(of record: SpanRecord) { prefetch(words.start + Int(record.words)) }

  /// Asks for what is known of the texts of a row, at first where they stand, then the texts themselves.
  func prefetchTexts(of record: SpanRecord, _ stage: TextDictionary.Stage) {
    forEachValue(of: record) { field, word in
      if field.type == .text { texts.prefetch(words[word], stage) }
      return false
    }
  }

  func blob(at word: UInt32) -> UnsafeRawBufferPointer {
    let start = UnsafeRawPointer(blobs.start) + Int(word)
    return UnsafeRawBufferPointer(start: start + 4, count: Int(start.loadUnaligned(as: UInt32.self)))
  }

  /// Of a text or an encoded value.
  func code(at word: Int) -> TextDictionary.Code { words[word] }

  func service(_ record: SpanRecord) -> SymbolTable.Symbol { origins[record.origin].symbol }

  /// As it was reported; valid until the next text is added.
  func serviceText(_ record: SpanRecord) -> UnsafeRawBufferPointer { texts[origins[record.origin].service] }

  /// Runs `body` over the values of a row in their order, until it says stop by returning true.
  func forEachValue(of record: SpanRecord, _ body: (ShapeTable.Field, _ word: Int) -> Bool) {
    var word = Int(record.words)
    for field in shapes[record.shape] {
      if body(field, word) { return }
      word += field.type.words
    }
  }

  /// The value's bits, as ``SpanBatch/Field/payload`` has them; without meaning for texts and blobs.
  func bits(_ type: ValueType, at word: Int) -> UInt64 {
    switch type {
    case .integer, .real: UInt64(words[word]) | UInt64(words[word + 1]) << 32
    case .small: UInt64(bitPattern: Int64(Int32(bitPattern: words[word])))
    case .boolean: UInt64(words[word])
    case .text, .encoded, .blob, .empty: 0
    }
  }

  /// The bytes of a value that has any.
  func raw(_ type: ValueType, at word: Int) -> UnsafeRawBufferPointer {
    switch type {
    case .text, .encoded: texts[words[word]]
    case .blob: blob(at: words[word])
    case .small, .integer, .real, .boolean, .empty: UnsafeRawBufferPointer(start: nil, count: 0)
    }
  }
}
