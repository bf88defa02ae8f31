internal import OTLPMessages

extension OTLPJSONReader {
  mutating func tracesRequest() throws(JSONFault) -> OTLP.TracesRequest {
    var request = OTLP.TracesRequest()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "resourceSpans":
        request.resourceSpans = try list { (reader) throws(JSONFault) in try reader.resourceSpans() }
      default: try json.skip()
      }
    }
    return request
  }

  private mutating func resourceSpans() throws(JSONFault) -> OTLP.ResourceSpans {
    var group = OTLP.ResourceSpans()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "resource": group.resource = try resource()
      case "scopeSpans": group.scopeSpans = try list { (reader) throws(JSONFault) in try reader.scopeSpans() }
      case "schemaUrl": group.schemaURL = try json.text()
      default: try json.skip()
      }
    }
    return group
  }

  private mutating func scopeSpans() throws(JSONFault) -> OTLP.ScopeSpans {
    var group = OTLP.ScopeSpans()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "scope": group.scope = try scope()
      case "spans": group.spans = try list { (reader) throws(JSONFault) in try reader.span() }
      case "schemaUrl": group.schemaURL = try json.text()
      default: try json.skip()
      }
    }
    return group
  }

  static let kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"].map {
    "SPAN_KIND_" + $0
  }
  static let codes = ["UNSET", "OK", "ERROR"].map { "STATUS_CODE_" + $0 }

  mutating func span() throws(JSONFault) -> OTLP.Span {
    var span = OTLP.Span()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "traceId": span.traceID = try identifier(digits: 32)
      case "spanId": span.spanID = try identifier(digits: 16)
      case "parentSpanId": span.parentSpanID = try identifier(digits: 16)
      case "name": span.name = try json.text()
      case "kind": span.kind = OTLP.Span.SpanKind(rawValue: try json.choice(of: Self.kinds)) ?? .unspecified
      case "startTimeUnixNano": span.startTimeUnixNano = try json.whole()
      case "endTimeUnixNano": span.endTimeUnixNano = try json.whole()
      case "attributes": span.attributes = try attributes()
      case "status": span.status = try status()
      case "events": span.events = try list { (reader) throws(JSONFault) in try reader.event() }
      case "links": span.links = try list { (reader) throws(JSONFault) in try reader.link() }
      case "traceState": span.traceState = try json.text()
      case "flags": span.flags = try json.whole()
      case "droppedAttributesCount": span.droppedAttributesCount = try json.whole()
      case "droppedEventsCount": span.droppedEventsCount = try json.whole()
      case "droppedLinksCount": span.droppedLinksCount = try json.whole()
      default: try json.skip()
      }
    }
    return span
  }

  private mutating func status() throws(JSONFault) -> OTLP.SpanStatus {
    var status = OTLP.SpanStatus()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "code": status.code = OTLP.SpanStatus.StatusCode(rawValue: try json.choice(of: Self.codes)) ?? .unset
      case "message": status.message = try json.text()
      default: try json.skip()
      }
    }
    return status
  }

  private mutating func event() throws(JSONFault) -> OTLP.Span.Event {
    var event = OTLP.Span.Event()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "timeUnixNano": event.timeUnixNano = try json.whole()
      case "name": event.name = try json.text()
      case "attributes": event.attributes = try attributes()
      case "droppedAttributesCount": event.droppedAttributesCount = try json.whole()
      default: try json.skip()
      }
    }
    return event
  }

  private mutating func link() throws(JSONFault) -> OTLP.Span.Link {
    var link = OTLP.Span.Link()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "traceId": link.traceID = try identifier(digits: 32)
      case "spanId": link.spanID = try identifier(digits: 16)
      case "traceState": link.traceState = try json.text()
      case "flags": link.flags = try json.whole()
      case "attributes": link.attributes = try attributes()
      case "droppedAttributesCount": link.droppedAttributesCount = try json.whole()
      default: try json.skip()
      }
    }
    return link
  }
}
