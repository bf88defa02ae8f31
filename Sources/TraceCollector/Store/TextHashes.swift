/// The hashes of a batch's values, worked out some values ahead of where it is read, so that what the dictionary needs to
/// know of each text is on its way from memory before it is asked for.
struct TextHashes: ~Copyable {
  private let batch: BatchView
  /// By field, of those around the ones that are read: each at its place modulo the room.
  private var ring: Slab<UInt32>
  /// The first fields that have no hash yet, and whose text has not been asked for.
  private var hashed = 0
  private var asked = 0

  /// Fields between the first asking and the use.
  private static let ahead = 24

  init(_ batch: BatchView) {
    self.batch = batch
    ring = Slab(zeros: 128)
  }

  /// Makes sure of the hashes of `fields`, all of them texts of `batch`, and asks for what will be needed next.
  mutating func read(_ fields: Range<Int>, in segment: UnsafeMutablePointer<SpanSegment>) {
    // What was left out, and what lies further back, is begun with anew.
    if fields.lowerBound < asked &- Self.ahead || fields.lowerBound > hashed {
      hashed = fields.lowerBound
      asked = fields.lowerBound
    }
    if fields.count &+ 2 &* Self.ahead > ring.count { enlarge(to: fields) }
    let mask = ring.count &- 1
    let end = min(batch.fields.count, fields.upperBound &+ Self.ahead)
    while hashed < end {
      let hash = hash(of: batch.fields[hashed], in: segment)
      ring[hashed & mask] = hash
      segment.pointee.texts.prefetchEntry(hash: hash)
      hashed &+= 1
    }
    let near = min(end, fields.upperBound &+ Self.ahead / 2)
    while asked < near {
      segment.pointee.texts.prefetchText(hash: ring[asked & mask])
      asked &+= 1
    }
  }

  /// Of one of the fields that were read last; 0 where it has no text.
  @inline(__always)
  subscript(field: Int) -> UInt32 { ring[field & (ring.count &- 1)] }

  private mutating func enlarge(to fields: Range<Int>) {
    var room = ring.count
    while fields.count + 2 * Self.ahead > room { room *= 2 }
    ring = Slab(zeros: room)
    hashed = fields.lowerBound
    asked = fields.lowerBound
  }

  @inline(__always)
  private func hash(of field: SpanBatch.Field, in segment: UnsafeMutablePointer<SpanSegment>) -> UInt32 {
    guard field.type == .text || field.type == .encoded else { return 0 }
    return segment.pointee.texts.hash(of: batch.raw(SpanBatch.Text(field.payload)))
  }
}
