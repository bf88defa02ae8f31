/// Writes a batch's spans into the newest segment: what its names and origins are called there is looked up once.
struct SpanIntake: ~Copyable {
  private let batch: BatchView
  /// By the batch's keys and origins: what the segment calls them; ``unknown`` until one comes up.
  private var keys: Slab<UInt32>
  private var origins: Slab<UInt32>
  private var hashes: TextHashes

  private static let unknown = UInt32.max

  init(_ batch: BatchView) {
    self.batch = batch
    keys = Slab(repeating: Self.unknown, count: batch.names.count)
    origins = Slab(repeating: Self.unknown, count: batch.origins.count)
    hashes = TextHashes(batch)
  }

  /// Another segment calls them otherwise.
  mutating func forget() {
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
    let fields = batch.fields(of: record)
    let words = segment.pointee.beginRow(values: fields.count)
    for index in 0..<fields.count {
      let field = fields[index]
      let hash = hashes.hash(of: Int(record.firstField) &+ index, in: segment)
      let key = key(field.key, in: segment)
      switch field.type {
      case .text, .encoded:
        let text = batch.raw(SpanBatch.Text(field.payload))
        let code = segment.pointee.code(of: text, hash: hash)
        segment.pointee.append(key: key, field.type, code: code)
      case .blob: segment.pointee.append(key: key, blob: batch.raw(SpanBatch.Text(field.payload)))
      case .small, .integer, .real, .boolean, .empty:
        segment.pointee.append(key: key, field.type, bits: field.payload)
      }
    }
    return segments.append(
      SpanRecord(
        id: record.id, parent: record.parent, start: record.start, duration: record.duration, trace: trace,
        previous: previous, operation: segment.pointee.code(of: batch.raw(record.operation)), words: words,
        origin: origin(record.origin, in: segment, symbols: &symbols), shape: segment.pointee.endRow(),
        bits: record.bits))
  }

  @inline(__always)
  private mutating func key(_ key: UInt32, in segment: UnsafeMutablePointer<SpanSegment>) -> UInt32 {
    guard key >= SpanField.attributes else { return key }
    let place = Int(key &- SpanField.attributes)
    if keys[place] == Self.unknown {
      keys[place] = segment.pointee.code(of: batch.raw(batch.names[place])) &+ SpanField.attributes
    }
    return keys[place]
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
