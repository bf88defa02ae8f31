/// B3, as Zipkin's tracers carry it: one header, or several.
extension Carrier {
  public static let b3TraceID = "X-B3-TraceId"
  public static let b3SpanID = "X-B3-SpanId"
  public static let b3ParentSpanID = "X-B3-ParentSpanId"
  public static let b3Sampled = "X-B3-Sampled"
  public static let b3Flags = "X-B3-Flags"

  /// The several headers that carry `span` to a side that reads B3 alone. It carries no hop.
  ///
  /// - Parameter parent: the span that caused `span`; nil at the root.
  public static func b3Headers(gtxid: GTXID, span: SpanID, parent: SpanID? = nil) -> [Header] {
    var headers = [Header(b3TraceID, gtxid.hex), Header(b3SpanID, span.hex)]
    if let parent { headers.append(Header(b3ParentSpanID, parent.hex)) }
    return headers + [Header(b3Sampled, "1")]
  }

  /// The single header goes before the several ones.
  static func extractB3(_ headers: [Header]) -> Extraction {
    if let text = value(of: b3, in: headers), !isDecisionAlone(text) {
      guard let single = position(b3: text) else { return .malformed(header: b3, value: text) }
      return .found(single)
    }
    let trace = value(of: b3TraceID, in: headers)
    let span = value(of: b3SpanID, in: headers)
    // Whether to sample may be told without a transaction: here everything is kept.
    guard trace != nil || span != nil else { return .absent }
    guard let trace, trace.utf8.count == 16 || trace.utf8.count == 32, let id = GTXID(trace) else {
      return .malformed(header: b3TraceID, value: trace ?? "")
    }
    guard let span, let other = spanID(span) else { return .malformed(header: b3SpanID, value: span ?? "") }
    if let parent = value(of: b3ParentSpanID, in: headers), spanID(parent) == nil {
      return .malformed(header: b3ParentSpanID, value: parent)
    }
    if let sampled = value(of: b3Sampled, in: headers), !["0", "1", "true", "false"].contains(sampled.lowercased()) {
      return .malformed(header: b3Sampled, value: sampled)
    }
    if let flags = value(of: b3Flags, in: headers), flags != "0", flags != "1" {
      return .malformed(header: b3Flags, value: flags)
    }
    return .found(Position(gtxid: id, ltxid: nil, span: other))
  }

  private static func isDecisionAlone(_ text: String) -> Bool { text == "0" || text == "1" || text == "d" }

  private static func spanID(_ text: String) -> SpanID? { text.utf8.count == 16 ? SpanID(hex: text) : nil }

  /// `<16 or 32 hex>-<16 hex>[-<sampled>[-<parent>]]`; sampled is 0, 1, or d, which is for debugging.
  private static func position(b3 text: String) -> Position? {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard 2...4 ~= parts.count, parts[0].utf8.count == 16 || parts[0].utf8.count == 32, parts[1].utf8.count == 16,
      let id = GTXID(parts[0]), let span = SpanID(hex: parts[1]),
      parts.count < 3 || isDecisionAlone(String(parts[2])), parts.count < 4 || spanID(String(parts[3])) != nil
    else { return nil }
    return Position(gtxid: id, ltxid: nil, span: span)
  }
}
