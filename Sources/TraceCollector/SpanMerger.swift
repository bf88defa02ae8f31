internal import TraceModel

/// Brings a transaction's spans into order before a tree is made of them: Zipkin's rules (`zipkin2.internal.Trace`).
///
/// Pieces of one span are merged; a server that answered under its client's id is marked as shared; all get the
/// transaction's 128-bit id, if one of them has it.
enum SpanMerger {
  static func merge(_ spans: [TraceSpan]) -> [TraceSpan] {
    let whole = spans.first { $0.gtxid.high != 0 }?.gtxid
    var merged: [TraceSpan] = []
    merged.reserveCapacity(spans.count)
    var client: Int?
    for index in sorted(spans) {
      var span = spans[index]
      if let whole { span.gtxid = whole }
      if let last = merged.indices.last, merged[last].id == span.id {
        if merged[last].isShared == span.isShared, areCompatible(merged[last], span) {
          merge(span, into: &merged[last])
          continue
        }
        if let client, span.kind == .server {
          span.isShared = true
          span.parent = span.parent ?? merged[client].parent
        }
      } else {
        client = nil
      }
      if span.kind == .client, !span.isShared, client == nil { client = merged.count }
      merged.append(span)
    }
    return merged
  }

  /// By id, the unshared first, of these the CLIENT first, then by endpoint, where none comes first.
  private static func sorted(_ spans: [TraceSpan]) -> [Int] {
    // Spans are large: their ids stand by themselves, and the rest is looked at only where these are equal.
    let keys = spans.map { span in
      (id: span.id, rank: span.isShared ? 2 : span.kind == .client ? 0 : 1)
    }
    return spans.indices.sorted { left, right in
      if keys[left].id != keys[right].id { return keys[left].id < keys[right].id }
      if keys[left].rank != keys[right].rank { return keys[left].rank < keys[right].rank }
      if spans[left].service != spans[right].service { return spans[left].service < spans[right].service }
      if spans[left].instance != spans[right].instance { return spans[left].instance < spans[right].instance }
      return left < right
    }
  }

  /// Whether both may be pieces of one span: no difference in what both say of where and on which side it ran.
  private static func areCompatible(_ left: TraceSpan, _ right: TraceSpan) -> Bool {
    areSameEndpoint(left, right) && (left.kind == right.kind || left.kind == .internal || right.kind == .internal)
  }

  static func areSameEndpoint(_ left: TraceSpan, _ right: TraceSpan) -> Bool {
    (left.service == right.service || left.service.isEmpty || right.service.isEmpty)
      && (left.instance == right.instance || left.instance.isEmpty || right.instance.isEmpty)
  }

  private static func merge(_ piece: TraceSpan, into span: inout TraceSpan) {
    if span.kind == .internal { span.kind = piece.kind }
    span.parent = span.parent ?? piece.parent
    span.ltxid = span.ltxid ?? piece.ltxid
    if span.service.isEmpty { span.service = piece.service }
    if span.instance.isEmpty { span.instance = piece.instance }
    if span.operation.isEmpty { span.operation = piece.operation }
    if span.message.isEmpty { span.message = piece.message }
    if span.peer.isEmpty { span.peer = piece.peer }
    let end = max(span.end, piece.end)
    let isTimed = span.duration != nil || piece.duration != nil
    span.start = min(span.start, piece.start)
    span.duration = isTimed ? end &- span.start : nil
    if piece.status == .error || span.status == .unset { span.status = piece.status }
    for attribute in piece.attributes where span[attribute: attribute.name] == nil {
      span.attributes.append(attribute)
    }
    for event in piece.events where !span.events.contains(event) { span.events.append(event) }
    for link in piece.links where !span.links.contains(link) { span.links.append(link) }
    span.origin = span.origin ?? piece.origin
    if span.traceState.isEmpty { span.traceState = piece.traceState }
    span.flags |= piece.flags
  }
}
