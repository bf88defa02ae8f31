/// The hashes of a batch's values, worked out some values ahead of where it is read, so that what the dictionary needs to
/// know of each text is on its way from memory before it is asked for.
struct TextHashes: ~Copyable {
  private let batch: BatchView
  /// Of the fields around the one that is read, each at its place modulo the room.
  private var ring: Slab<UInt32>
  /// The first fields that have no hash yet, and whose text has not been asked for.
  private var hashed = 0
  private var asked = 0

  private static let room = 64
  /// Fields between the first asking and the use. Less than half of the room.
  private static let ahead = 24

  init(_ batch: BatchView) {
    self.batch = batch
    ring = Slab(zeros: Self.room)
  }

  /// The hash of a field, 0 where it has no text. Fields are asked for one after the other; where some are left out,
  /// reading begins anew.
  @inline(__always)
  mutating func hash(of field: Int, in segment: UnsafeMutablePointer<SpanSegment>) -> UInt32 {
    if field < asked &- Self.ahead || field >= hashed { begin(at: field) }
    let count = batch.fields.count
    while hashed < min(count, field &+ Self.ahead) {
      let hash = hash(of: batch.fields[hashed])
      ring[hashed & (Self.room &- 1)] = hash
      segment.pointee.texts.prefetchEntry(hash: hash)
      hashed &+= 1
    }
    while asked < min(count, field &+ Self.ahead / 2) {
      segment.pointee.texts.prefetchText(hash: ring[asked & (Self.room &- 1)])
      asked &+= 1
    }
    return ring[field & (Self.room &- 1)]
  }

  private mutating func begin(at field: Int) {
    hashed = field
    asked = field
  }

  @inline(__always)
  private func hash(of field: SpanBatch.Field) -> UInt32 {
    guard field.type == .text || field.type == .encoded else { return 0 }
    return TextDictionary.hash(of: batch.raw(SpanBatch.Text(field.payload)))
  }
}
