internal import TraceModel

/// Orders pieces of one span whose endpoint, kind and start are the same by all else that they say, so that it does not
/// matter which of them came first.
///
/// Few pieces are so alike: what one says is written down when it is needed, and once.
struct PieceOrder {
  private let spans: [TraceSpan]
  private var contents: [Int: [UInt8]] = [:]

  init(_ spans: [TraceSpan]) {
    self.spans = spans
  }

  /// Those that have ended come first, as they know most, and of these the one that ended last. Neither of two comes before
  /// the other only where both say the same.
  mutating func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (one, other) = (spans[left].duration, spans[right].duration)
    if one != other {
      guard let one else { return false }
      return other.map { one > $0 } ?? true
    }
    return content(of: left).lexicographicallyPrecedes(content(of: right))
  }

  private mutating func content(of place: Int) -> [UInt8] {
    if let known = contents[place] { return known }
    let content = spans[place].content
    contents[place] = content
    return content
  }
}
