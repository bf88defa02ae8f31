/// What a span may have beside the facts that every span has, as keys beside those of its attributes.
///
/// A span that has none of them takes no room for them.
package enum SpanField: UInt32, CaseIterable, Sendable {
  case message, peer, traceState, flags, droppedAttributes, droppedEvents, droppedLinks, ltxid, events, links

  /// Below this, a key is one of these; from this on it names an attribute.
  package static let attributes: UInt32 = 16
}

/// How a value is kept: in as many 32-bit words as it needs.
package enum ValueType: UInt8, BitwiseCopyable, Sendable {
  /// One word: the text's code.
  case text
  /// One word: a list, a map or bytes, as ``ByteWriter`` writes them, by its code.
  case encoded
  /// One word: where among the segment's blobs it begins, behind its length.
  case blob
  /// One word, signed.
  case small
  /// Two words, the lower one first.
  case integer
  case real
  /// One word: 0 or 1.
  case boolean
  /// None.
  case empty

  package var words: Int {
    switch self {
    case .text, .encoded, .blob, .small, .boolean: 1
    case .integer, .real: 2
    case .empty: 0
    }
  }
}
