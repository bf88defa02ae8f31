internal import TraceModel

/// Brings a transaction's spans into order before a tree is made of them: Zipkin's rules (`zipkin2.internal.Trace`).
///
/// Pieces of one span are merged; a server that answered under its client's id is marked as shared; all get the
/// transaction's 128-bit id, if one of them has it.
enum SpanMerger {
  static func merge(_ spans: [TraceSpan]) -> [TraceSpan] {
    let whole = spans.first { $0.gtxid.high != 0 }?.gtxid
    let order = spans.indices.sorted { precedes($0, $1, in: spans) }
    var merged: [TraceSpan] = []
    merged.reserveCapacity(spans.count)
    var client: Int?
    for index in order {
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
  private static func precedes(_ left: Int, _ right: Int, in spans: [TraceSpan]) -> Bool {
    let (a, b) = (spans[left], spans[right])
    if a.id != b.id { return a.id < b.id }
    if a.isShared != b.isShared { return b.isShared }
    if !a.isShared, (a.kind == .client) != (b.kind == .client) { return a.kind == .client }
    if a.service != b.service { return a.service < b.service }
    if a.instance != b.instance { return a.instance < b.instance }
    return left < right
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
  }
}
