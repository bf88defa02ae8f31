internal import TraceModel

/// What a store keeps of every span, 56 bytes; the rest of it stands in the words that its shape describes.
struct SpanRecord: BitwiseCopyable, Sendable {
  var id: UInt64
  /// 0: none.
  var parent: UInt64
  /// Nanoseconds since the Unix epoch.
  var start: Int64
  /// Nanoseconds; without meaning unless ``Bits/hasDuration``.
  var duration: Int64
  /// The slot of its trace; ``dead`` once that was evicted.
  var trace: UInt32
  /// The span of its trace that came before it.
  var previous: SpanReference
  /// Code of a text.
  var operation: UInt32
  /// Its first word.
  var words: UInt32
  var origin: UInt16
  var shape: UInt16
  var bits: Bits

  static let dead = UInt32.max

  struct Bits: OptionSet, BitwiseCopyable, Sendable {
    var rawValue: UInt16

    static let shared = Bits(rawValue: 1 << 5)
    static let hasDuration = Bits(rawValue: 1 << 6)
    /// The edge of this CLIENT span stands in the service graph.
    static let edgeCounted = Bits(rawValue: 1 << 7)
    /// So does the answer to it.
    static let answerCounted = Bits(rawValue: 1 << 8)

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(kind: SpanKind, status: SpanStatus, isShared: Bool, hasDuration: Bool) {
      rawValue = UInt16(kind.rawValue) | UInt16(status.rawValue) << 3
      if isShared { insert(.shared) }
      if hasDuration { insert(.hasDuration) }
    }

    var kind: SpanKind { SpanKind(rawValue: UInt8(rawValue & 7)) ?? .internal }
    var status: SpanStatus { SpanStatus(rawValue: UInt8(rawValue >> 3 & 3)) ?? .unset }
  }

  /// The start when the duration is unknown.
  var end: Int64 { bits.contains(.hasDuration) ? start &+ duration : start }

  /// What the service graph needs to know of it.
  func half(_ service: SymbolTable.Symbol) -> ServiceGraph.Half {
    ServiceGraph.Half(
      service: service, failed: bits.status == .error,
      length: bits.contains(.hasDuration) ? LatencySlot.microseconds(duration) : SpanIndex.Entry.unknownLength)
  }

  /// Nothing above it but itself.
  var isTop: Bool { parent == 0 || parent == id }
}

/// A span's place: its segment, and its row there.
struct SpanReference: BitwiseCopyable, Sendable, Equatable {
  private var value: UInt32

  static let none = SpanReference(value: .max)

  private init(value: UInt32) { self.value = value }

  /// `segment` below 16,383, `row` below ``SpanSegment/rows``.
  init(segment: Int, row: Int) { value = UInt32(segment) << 18 | UInt32(row) }

  var segment: Int { Int(value >> 18) }
  var row: Int { Int(value & 0x3_FFFF) }
}
