internal import OTLPMessages
internal import TraceModel

/// The spans of a request in our words.
///
/// Ids of a wrong length spoil the whole request. A span without an id, or with a time that is out of reach, is left out
/// alone.
enum OTLPSpans {
  /// - Parameter receivedAt: nanoseconds since the Unix epoch: where spans are placed of which nothing tells a time.
  static func read(_ request: OTLP.TracesRequest, receivedAt: Int64) throws(OTLPFault) -> OTLPBatch<TraceSpan> {
    var batch = OTLPBatch<TraceSpan>()
    batch.elements.reserveCapacity(
      request.resourceSpans.reduce(0) { $0 + $1.scopeSpans.reduce(0) { $0 + $1.spans.count } })
    var homeless: [Int] = []
    for (first, group) in request.resourceSpans.enumerated() {
      let source = OTLPSource(group.resource, schema: group.schemaURL)
      for (second, scope) in group.scopeSpans.enumerated() {
        let translation = OTLPSpanTranslation(
          source: source, origin: source.origin(scope.scope, schema: scope.schemaURL))
        for (third, span) in scope.spans.enumerated() {
          do throws(OTLPElementFault) {
            let translated = try translation.span(span)
            if !translated.isPlaced { homeless.append(batch.elements.count) }
            batch.elements.append(translated.span)
          } catch {
            let path = "resourceSpans[\(first)].scopeSpans[\(second)].spans[\(third)].\(error.field)"
            if error.spoilsRequest { throw OTLPFault(path: path, reason: error.reason, isMalformed: false) }
            batch.refuse(path, error.reason)
          }
        }
      }
    }
    if !homeless.isEmpty {
      let overflowing = SpanPlacement.settle(homeless, in: &batch.elements, receivedAt: receivedAt)
      precondition(overflowing == nil, "A span without a start has no duration either.")
    }
    return batch
  }
}

/// Turns the spans of one scope into ours.
struct OTLPSpanTranslation {
  let source: OTLPSource
  /// Shared by all of them.
  let origin: SpanOrigin?

  /// The span; `isPlaced` is false when nothing in it tells a time: its start is then 0, to be replaced.
  func span(_ span: OTLP.Span) throws(OTLPElementFault) -> (span: TraceSpan, isPlaced: Bool) {
    guard let gtxid = try OTLPValues.trace(span.traceID, "traceId") else { throw Self.missing("traceId") }
    guard let id = try OTLPValues.span(span.spanID, "spanId") else { throw Self.missing("spanId") }
    let parent = try OTLPValues.span(span.parentSpanID, "parentSpanId")
    let stated = try OTLPValues.time(span.startTimeUnixNano, "startTimeUnixNano")
    let end = try OTLPValues.time(span.endTimeUnixNano, "endTimeUnixNano")
    let events = try events(span, start: stated)
    let links = try links(span)
    // Without a start, the only time that is told is where it stands.
    let start = stated ?? events.first { $0.time != 0 }?.time ?? end
    // The clock of a machine may be set back while a span runs.
    let duration = stated.flatMap { start in end.map { max(0, $0 - start) } }
    let attributes = OTLPValues.attributes(span.attributes)
    let kind = Self.kind(span.kind)
    let status = span.hasStatus ? span.status : OTLP.SpanStatus()
    let result = TraceSpan(
      gtxid: gtxid, id: id, parent: parent == id ? nil : parent, ltxid: OTLPAttributes.ltxid(in: attributes),
      kind: kind,
      service: source.service, instance: source.instance, operation: span.name, start: start ?? 0, duration: duration,
      status: Self.status(status.code), message: status.code == .error ? status.message : "",
      peer: kind == .client || kind == .producer ? OTLPAttributes.peer(in: attributes) : "",
      attributes: OTLPAttributes.withPresentNames(attributes), events: Self.placed(events, at: start),
      links: links.links,
      origin: origin, traceState: span.traceState, flags: span.flags,
      dropped: DroppedCounts(
        attributes: span.droppedAttributesCount, events: span.droppedEventsCount,
        links: span.droppedLinksCount &+ links.dropped))
    return (result, start != nil)
  }

  private static func missing(_ field: String) -> OTLPElementFault {
    OTLPElementFault(field: field, reason: "is missing, or all 0")
  }

  private static func kind(_ kind: OTLP.Span.SpanKind) -> SpanKind {
    switch kind {
    case .server: .server
    case .client: .client
    case .producer: .producer
    case .consumer: .consumer
    case .internal, .unspecified, .UNRECOGNIZED: .internal
    }
  }

  private static func status(_ code: OTLP.SpanStatus.StatusCode) -> SpanStatus {
    switch code {
    case .ok: .ok
    case .error: .error
    case .unset, .UNRECOGNIZED: .unset
    }
  }
}

// Events and links.
extension OTLPSpanTranslation {
  /// By time, those without one last.
  private func events(_ span: OTLP.Span, start: Int64?) throws(OTLPElementFault) -> [SpanEvent] {
    let sent = span.events
    guard !sent.isEmpty else { return [] }
    var events: [SpanEvent] = []
    events.reserveCapacity(sent.count)
    var isOrdered = true
    for (place, event) in sent.enumerated() {
      let time = try OTLPValues.time(event.timeUnixNano, "events[\(place)].timeUnixNano") ?? start ?? 0
      if let last = events.last, last.time > time { isOrdered = false }
      events.append(
        SpanEvent(
          time: time, name: event.name, attributes: OTLPValues.attributes(event.attributes),
          droppedAttributes: event.droppedAttributesCount))
    }
    if isOrdered, events.first?.time != 0 { return events }
    // Equal times keep the order in which they were sent: the standard library's sort does not promise it.
    return events.enumerated().sorted {
      ($0.element.time == 0 ? 1 : 0, $0.element.time, $0.offset)
        < ($1.element.time == 0 ? 1 : 0, $1.element.time, $1.offset)
    }.map(\.element)
  }

  private static func placed(_ events: [SpanEvent], at start: Int64?) -> [SpanEvent] {
    guard let start, events.contains(where: { $0.time == 0 }) else { return events }
    return events.map { event in
      var event = event
      if event.time == 0 { event.time = start }
      return event
    }
  }

  /// A link that leads nowhere counts as one that was not sent.
  private func links(_ span: OTLP.Span) throws(OTLPElementFault) -> (links: [SpanLink], dropped: UInt32) {
    let sent = span.links
    guard !sent.isEmpty else { return ([], 0) }
    var links: [SpanLink] = []
    for (place, link) in sent.enumerated() {
      let trace = try OTLPValues.trace(link.traceID, "links[\(place)].traceId")
      let span = try OTLPValues.span(link.spanID, "links[\(place)].spanId")
      guard let trace, let span else { continue }
      links.append(
        SpanLink(
          gtxid: trace, span: span, traceState: link.traceState, flags: link.flags,
          attributes: OTLPValues.attributes(link.attributes), droppedAttributes: link.droppedAttributesCount))
    }
    return (links, UInt32(sent.count - links.count))
  }
}
