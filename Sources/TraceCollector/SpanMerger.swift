internal import TraceModel

/// A transaction's spans in order, before a tree is made of them: Zipkin's rules (`zipkin2.internal.Trace`).
///
/// Pieces of one span are merged; a server that answered under its client's id is marked as shared; all get the
/// transaction's 128-bit id, if one of them has it.
struct SpanMerger {
  /// Of the merged spans, by id.
  private(set) var outlines: [SpanOutline] = []
  private(set) var names = NameNumbers()
  private let spans: [TraceSpan]
  /// By outline: where its span, or the first piece of it, stands.
  private var places: [Int] = []
  /// By outline: spans that were put together from several.
  private var joined: [Int: TraceSpan] = [:]
  private let whole: GTXID?

  init(_ spans: [TraceSpan]) {
    self.spans = spans
    whole = spans.firstIndex { $0.gtxid.high != 0 }.map { spans[$0].gtxid }
    outlines.reserveCapacity(spans.count + 1)
    places.reserveCapacity(spans.count)
    merge(spans.indices.map { SpanOutline(spans[$0], names: &names) })
  }

  /// The transaction's id. There is at least one span.
  var gtxid: GTXID { whole ?? spans[0].gtxid }

  /// The merged span of an outline.
  func span(at place: Int) -> TraceSpan {
    guard let span = joined[place] else { return corrected(spans[places[place]], at: place) }
    return corrected(span, at: place)
  }

  private func corrected(_ span: TraceSpan, at place: Int) -> TraceSpan {
    var span = span
    if let whole { span.gtxid = whole }
    span.parent = outlines[place].parent
    span.isShared = outlines[place].isShared
    return span
  }

  private mutating func merge(_ pieces: [SpanOutline]) {
    var client: Int?
    // As the pieces of the last span say themselves.
    var isLastShared = false
    for place in sorted(pieces) {
      let piece = pieces[place]
      let last = outlines.count - 1
      let isSameID = last >= 0 && outlines[last].id == piece.id
      if isSameID, piece.isShared == isLastShared || piece.isShared == outlines[last].isShared,
        Self.areCompatible(outlines[last], piece)
      {
        join(place, to: last)
      } else {
        if !isSameID { client = nil }
        outlines.append(piece)
        places.append(place)
        isLastShared = piece.isShared
      }
      markShared(outlines.count - 1, after: &client)
    }
  }

  /// A server after its client shares the client's id, whether or not it says so.
  private mutating func markShared(_ place: Int, after client: inout Int?) {
    if let client {
      guard client != place, outlines[place].kind == .server else { return }
      outlines[place].isShared = true
      outlines[place].parent = outlines[place].parent ?? outlines[client].parent
    } else if outlines[place].kind == .client, !outlines[place].isShared {
      client = place
    }
  }

  /// By id, the unshared first, of these the CLIENT first, then by endpoint, where none comes first; pieces from one
  /// endpoint by kind and start, then by all else that they say: the order in which they came does not matter.
  private func sorted(_ pieces: [SpanOutline]) -> [Int] {
    var keys = pieces.indices.map { place in
      let piece = pieces[place]
      return Key(id: piece.id.value, rank: piece.isShared ? 2 : piece.kind == .client ? 0 : 1, place: Int32(place))
    }
    var order = PieceOrder(spans)
    keys.sort { left, right in
      if left.id != right.id { return left.id < right.id }
      if left.rank != right.rank { return left.rank < right.rank }
      let (one, other) = (pieces[Int(left.place)], pieces[Int(right.place)])
      if one.service != other.service { return name(one.service) < name(other.service) }
      if one.address != other.address { return name(one.address) < name(other.address) }
      if one.port != other.port { return one.port < other.port }
      if one.kind != other.kind { return one.kind.rawValue < other.kind.rawValue }
      if one.start != other.start { return one.start < other.start }
      return order.isBefore(Int(left.place), Int(right.place))
    }
    return keys.map { Int($0.place) }
  }

  private struct Key {
    let id: UInt64
    let rank: UInt8
    let place: Int32
  }

  private func name(_ number: Int32) -> String { names.names[Int(number)] }

  /// Whether both may be pieces of one span: no difference in what both say of where and on which side it ran.
  private static func areCompatible(_ left: SpanOutline, _ right: SpanOutline) -> Bool {
    left.isAtEndpoint(of: right)
      && (left.kind == right.kind || left.kind == .internal || right.kind == .internal)
  }

  private mutating func join(_ piece: Int, to place: Int) {
    var span = span(at: place)
    joined[place] = nil
    Self.merge(spans[piece], into: &span)
    outlines[place] = SpanOutline(span, names: &names)
    joined[place] = span
  }

  private static func merge(_ piece: TraceSpan, into span: inout TraceSpan) {
    if span.kind == .internal { span.kind = piece.kind }
    span.parent = span.parent ?? piece.parent
    span.ltxid = span.ltxid ?? piece.ltxid
    if span.service.isEmpty { span.service = piece.service }
    span.instance = InstanceAddress.merged(span.instance, piece.instance)
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
