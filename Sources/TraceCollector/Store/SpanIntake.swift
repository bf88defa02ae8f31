/// Writes a batch's spans into the newest segment: what its names and origins are called there is looked up once.
struct SpanIntake: ~Copyable {
  private let batch: BatchView
  /// By the batch's keys and origins: what the segment calls them; ``unknown`` until one comes up.
  private var keys: Slab<UInt32>
  private var origins: Slab<UInt32>
  /// By the batch's origins: the places of their instances' figures; ``unasked`` until one comes up.
  private var instances: Slab<Int32>
  private var hashes: TextHashes
  /// The keys and types of the span that was written last, and the shape that they have in its segment.
  private var fields: Slab<ShapeTable.Field>
  private var shape: UInt16 = 0
  private var hasShape = false

  private static let unknown = UInt32.max
  private static let unasked = Int32.min

  /// - Parameter key: that of the store.
  init(_ batch: BatchView, _ key: TextHash) {
    self.batch = batch
    keys = Slab(repeating: Self.unknown, count: batch.names.count)
    origins = Slab(repeating: Self.unknown, count: batch.origins.count)
    instances = Slab(repeating: Self.unasked, count: batch.origins.count)
    hashes = TextHashes(batch, key)
    fields = Slab(room: 32)
  }

  /// Another segment calls them otherwise.
  mutating func forget() {
    hasShape = false
    for index in 0..<keys.count { keys[index] = Self.unknown }
    for index in 0..<origins.count { origins[index] = Self.unknown }
  }

  /// Writes the span at `place` as a row that belongs to `trace`, behind `previous`.
  mutating func write(
    _ place: Int, trace: UInt32, previous: SpanReference, into segments: inout SegmentTable,
    symbols: inout SymbolTable
  ) -> SpanReference {
    let record = batch.records[place]
    let segment = segments[segments.newest]
    let words = segment.pointee.beginRow(values: Int(record.fields))
    let shape = write(record, into: segment)
    return segments.append(
      SpanRecord(
        id: record.id, parent: record.parent, start: record.start, duration: record.duration, trace: trace,
        previous: previous, operation: segment.pointee.code(of: batch.raw(record.operation)), words: words,
        origin: origin(record.origin, in: segment, symbols: &symbols), shape: shape,
        bits: record.bits))
  }

  /// Writes the values of a span; returns their shape. Spans that follow each other mostly have the same keys and types.
  private mutating func write(
    _ record: SpanBatch.Record, into segment: UnsafeMutablePointer<SpanSegment>
  ) -> UInt16 {
    let first = Int(record.firstField)
    let count = Int(record.fields)
    hashes.read(first..<first &+ count, in: segment)
    var isSame = hasShape && fields.count == count
    if !isSame {
      fields.removeAll()
      fields.grow(to: count, with: ShapeTable.Field(key: 0, type: .empty))
    }
    for index in 0..<count {
      let field = batch.fields[first &+ index]
      var type = field.type
      switch type {
      case .text, .encoded:
        segment.pointee.append(batch.knownRaw(SpanBatch.Text(field.payload)), hash: hashes[first &+ index])
      case .blob: segment.pointee.append(blob: batch.raw(SpanBatch.Text(field.payload)))
      case .small, .integer, .real, .boolean, .empty: type = segment.pointee.append(bits: field.payload, type)
      }
      let known = ShapeTable.Field(key: field.key, type: type)
      if fields[index] != known {
        isSame = false
        fields[index] = known
      }
    }
    if !isSame {
      segment.pointee.beginShape(values: count)
      for index in 0..<count {
        segment.pointee.append(ShapeTable.Field(key: key(fields[index].key, in: segment), type: fields[index].type))
      }
      shape = segment.pointee.endShape()
      hasShape = true
    }
    return shape
  }

  private mutating func key(_ key: UInt32, in segment: UnsafeMutablePointer<SpanSegment>) -> UInt32 {
    guard key >= SpanField.attributes else { return key }
    let place = Int(key &- SpanField.attributes)
    if keys[place] == Self.unknown {
      keys[place] = segment.pointee.code(of: batch.raw(batch.names[place])) &+ SpanField.attributes
    }
    return keys[place]
  }

  /// Where the figures are kept of the instance that an origin of the batch names.
  mutating func instance(_ origin: UInt32, second: Int64, in book: inout InstanceBook) -> Int32 {
    let place = Int(origin)
    if instances[place] == Self.unasked {
      instances[place] = book.place(of: batch.origins[place], in: batch, second: second)
    }
    return instances[place]
  }

  private mutating func origin(
    _ number: UInt32, in segment: UnsafeMutablePointer<SpanSegment>, symbols: inout SymbolTable
  ) -> UInt16 {
    let place = Int(number)
    if origins[place] == Self.unknown {
      let origin = batch.origins[place]
      origins[place] = UInt32(
        segment.pointee.origin(
          OriginTable.Origin(
            service: segment.pointee.code(of: batch.raw(origin.service)),
            instance: segment.pointee.code(of: batch.raw(origin.instance)),
            facts: segment.pointee.code(of: batch.raw(origin.facts)),
            symbol: symbols.symbol(for: batch.raw(origin.service), as: .name) ?? SymbolTable.other)))
    }
    return UInt16(truncatingIfNeeded: origins[place])
  }
}
