internal import FoundationEssentials
internal import TraceModel

/// Writes a span, and where it comes from, as OTLP's JSON has them. What is at its default is left out.
enum OTLPJSONSpan {
  static func write(_ span: TraceSpan, to json: inout JSONWriter) {
    json.beginObject()
    json.key("traceId")
    json.text(span.gtxid.hex)
    json.key("spanId")
    json.text(span.id.hex)
    if let parent = span.parent {
      json.key("parentSpanId")
      json.text(parent.hex)
    }
    write(span.traceState, as: "traceState", to: &json)
    write(span.flags, as: "flags", to: &json)
    write(span.operation, as: "name", to: &json)
    json.key("kind")
    json.literal(number(of: span.kind))
    write(time: span.start, as: "startTimeUnixNano", to: &json)
    if let duration = span.duration {
      let end = span.start.addingReportingOverflow(max(0, duration))
      write(time: end.overflow ? .max : end.partialValue, as: "endTimeUnixNano", to: &json)
    }
    write(attributes(of: span), as: "attributes", to: &json)
    write(span.dropped.attributes, as: "droppedAttributesCount", to: &json)
    write(span.events, to: &json)
    write(span.dropped.events, as: "droppedEventsCount", to: &json)
    write(span.links, to: &json)
    write(span.dropped.links, as: "droppedLinksCount", to: &json)
    writeStatus(of: span, to: &json)
    json.endObject()
  }

  private static func number(of kind: SpanKind) -> Int {
    switch kind {
    case .internal: 1
    case .server: 2
    case .client: 3
    case .producer: 4
    case .consumer: 5
    }
  }

  private static func writeStatus(of span: TraceSpan, to json: inout JSONWriter) {
    guard span.status != .unset else { return }
    json.key("status")
    json.beginObject()
    if span.status == .error { write(span.message, as: "message", to: &json) }
    json.key("code")
    json.literal(span.status == .ok ? 1 : 2)
    json.endObject()
  }

  private static func write(_ events: [SpanEvent], to json: inout JSONWriter) {
    guard !events.isEmpty else { return }
    json.key("events")
    json.beginArray()
    for event in events {
      json.beginObject()
      write(time: event.time, as: "timeUnixNano", to: &json)
      write(event.name, as: "name", to: &json)
      write(event.attributes, as: "attributes", to: &json)
      write(event.droppedAttributes, as: "droppedAttributesCount", to: &json)
      json.endObject()
    }
    json.endArray()
  }

  private static func write(_ links: [SpanLink], to json: inout JSONWriter) {
    guard !links.isEmpty else { return }
    json.key("links")
    json.beginArray()
    for link in links {
      json.beginObject()
      json.key("traceId")
      json.text(link.gtxid.hex)
      json.key("spanId")
      json.text(link.span.hex)
      write(link.traceState, as: "traceState", to: &json)
      write(link.attributes, as: "attributes", to: &json)
      write(link.droppedAttributes, as: "droppedAttributesCount", to: &json)
      write(link.flags, as: "flags", to: &json)
      json.endObject()
    }
    json.endArray()
  }

  // MARK: Members that may be absent

  private static func write(_ text: String, as key: StaticString, to json: inout JSONWriter) {
    guard !text.isEmpty else { return }
    json.key(key)
    json.text(text)
  }

  private static func write(_ number: UInt32, as key: StaticString, to json: inout JSONWriter) {
    guard number > 0 else { return }
    json.key(key)
    json.literal(number)
  }

  /// OTLP's times begin with 1970, whose first nanosecond is none.
  private static func write(time: Int64, as key: StaticString, to json: inout JSONWriter) {
    guard time > 0 else { return }
    json.key(key)
    json.text("\(time)")
  }

  private static func write(_ attributes: [SpanAttribute], as key: StaticString, to json: inout JSONWriter) {
    guard !attributes.isEmpty else { return }
    json.key(key)
    write(attributes, to: &json)
  }
}

// Where a span comes from.
extension OTLPJSONSpan {
  /// The members of its `ResourceSpans` beside the scopes.
  static func resource(of span: TraceSpan) -> [UInt8] {
    var group = span.origin?.resource ?? SpanOrigin.Group()
    if !span.instance.isEmpty, OTLPSource.instance(of: group) != span.instance {
      group.attributes.insert(SpanAttribute("service.instance.id", .text(span.instance)), at: 0)
    }
    if !span.service.isEmpty, OTLPSource.service(of: group) != span.service {
      group.attributes.insert(SpanAttribute("service.name", .text(span.service)), at: 0)
    }
    var json = JSONWriter()
    json.key("resource")
    json.beginObject()
    write(group.attributes, as: "attributes", to: &json)
    write(group.droppedAttributes, as: "droppedAttributesCount", to: &json)
    json.endObject()
    write(group.schema, as: "schemaUrl", to: &json)
    return json.bytes
  }

  /// The members of its `ScopeSpans` beside the spans.
  static func scope(of span: TraceSpan) -> [UInt8] {
    let scope = span.origin?.scope ?? SpanOrigin.Scope()
    var json = JSONWriter()
    json.key("scope")
    json.beginObject()
    write(scope.name, as: "name", to: &json)
    write(scope.version, as: "version", to: &json)
    write(scope.facts.attributes, as: "attributes", to: &json)
    write(scope.facts.droppedAttributes, as: "droppedAttributesCount", to: &json)
    json.endObject()
    write(scope.facts.schema, as: "schemaUrl", to: &json)
    return json.bytes
  }
}

// Attributes.
extension OTLPJSONSpan {
  /// Its own, and those that say what OTLP has no other place for.
  private static func attributes(of span: TraceSpan) -> [SpanAttribute] {
    var attributes = span.attributes
    if let hop = span.ltxid {
      add(SpanAttribute(AttributeName.ltxid, .integer(Int64(hop.number))), to: &attributes) {
        OTLPAttributes.ltxid(in: $0) == hop
      }
    }
    if !span.peer.isEmpty {
      add(SpanAttribute(OTLPAttributes.peerName, .text(span.peer)), to: &attributes) {
        OTLPAttributes.peer(in: $0) == span.peer
      }
    }
    return attributes
  }

  /// Adds what is not said yet; in front where others would be read instead.
  private static func add(
    _ attribute: SpanAttribute, to attributes: inout [SpanAttribute], unless isSaid: ([SpanAttribute]) -> Bool
  ) {
    if isSaid(attributes) { return }
    attributes.append(attribute)
    if isSaid(attributes) { return }
    attributes.removeLast()
    attributes.insert(attribute, at: 0)
  }

  private static func write(_ attributes: [SpanAttribute], to json: inout JSONWriter) {
    json.beginArray()
    for attribute in attributes {
      json.beginObject()
      json.key("key")
      json.text(attribute.name)
      json.key("value")
      write(attribute.value, to: &json)
      json.endObject()
    }
    json.endArray()
  }

  private static func write(_ value: AttributeValue, to json: inout JSONWriter) {
    json.beginObject()
    switch value {
    case .text(let text):
      json.key("stringValue")
      json.text(text)
    case .integer(let number):
      json.key("intValue")
      json.text("\(number)")
    case .real(let number):
      json.key("doubleValue")
      write(number, to: &json)
    case .boolean(let flag):
      json.key("boolValue")
      json.literal(flag)
    case .bytes(let bytes):
      json.key("bytesValue")
      json.text(Data(bytes).base64EncodedString())
    case .list(let values):
      json.key("arrayValue")
      json.beginObject()
      json.key("values")
      json.beginArray()
      for value in values { write(value, to: &json) }
      json.endArray()
      json.endObject()
    case .map(let entries):
      json.key("kvlistValue")
      json.beginObject()
      json.key("values")
      write(entries, to: &json)
      json.endObject()
    case .empty: break
    }
    json.endObject()
  }

  private static func write(_ number: Double, to json: inout JSONWriter) {
    if number.isFinite {
      json.literal(number)
    } else {
      json.text(number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity")
    }
  }
}
