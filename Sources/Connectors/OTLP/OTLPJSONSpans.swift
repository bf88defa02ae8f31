internal import Glibc
internal import OTLPMessages
internal import TraceCollector

/// Reads the spans of a request straight from its JSON into a batch, without making messages of them.
///
/// It knows what most spans are like. What is out of the ordinary in one span (events, links, names that were called
/// otherwise before) has that span read by ``OTLPJSONReader``; what is out of the ordinary in a request, the whole
/// request: ``read(_:)`` then gives nil, and nothing is said here about what is wrong with it.
struct OTLPJSONSpans {
  var batch: SpanBatch
  var json: JSONTokens
  /// Those of the span at hand.
  var attributes = OTLPPlainAttributes()
  /// Whether a schema may stand behind the spans that it is about.
  private let mayHaveSchemas: Bool
  var allowance = OTLPAllowance()

  private init(_ body: [UInt8], _ bytes: UnsafeRawBufferPointer) {
    batch = SpanBatch(around: body, mostFacts: OTLPParts.mostFacts)
    json = JSONTokens(bytes)
    mayHaveSchemas = Self.holdsSchemas(bytes)
  }

  /// The spans of an `ExportTraceServiceRequest`; nil where the careful reader has to look at it.
  static func read(_ body: [UInt8]) -> SpanBatch? {
    // Offsets into the body have 32 bits, and a byte of it may become several of a list's encoding.
    guard !body.isEmpty, body.count < 1 << 30 else { return nil }
    return body.withUnsafeBytes { bytes in
      guard UTF8Check.isASCII(bytes) || JSONGrammar.firstInvalidByte(in: body) == nil else { return nil }
      var reader = OTLPJSONSpans(body, bytes)
      return reader.request() && reader.json.next() == 0 && reader.json.place == bytes.count ? reader.batch : nil
    }
  }

  /// Whether `schemaUrl` stands anywhere in the body. Its U is the rarest of its letters.
  private static func holdsSchemas(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let name: StaticString = "schemaUrl"
    let before = 6
    var place = before
    while place < bytes.count, let start = bytes.baseAddress,
      let found = memchr(start + place, Int32(UInt8(ascii: "U")), bytes.count - place)
    {
      place = start.distance(to: UnsafeRawPointer(found))
      let first = place - before
      guard first + name.utf8CodeUnitCount <= bytes.count else { return false }
      if Words.areEqual(
        UnsafeRawBufferPointer(rebasing: bytes[first...]), UnsafeRawPointer(name.utf8Start),
        count: name.utf8CodeUnitCount)
      {
        return true
      }
      place += 1
    }
    return false
  }

  private mutating func request() -> Bool {
    guard json.take("{") else { return false }
    var isFirst = true
    var wasThere = false
    while true {
      switch json.member(&isFirst) {
      case .end: return true
      case .doubt: return false
      case .value:
        guard json.isKey("resourceSpans") else {
          guard json.skip() else { return false }
          continue
        }
        // Of two of them the last one counts.
        guard !wasThere, elements({ $0.resourceSpans() }) else { return false }
        wasThere = true
      }
    }
  }

  /// Reads each element of an array; false where one is not read.
  private mutating func elements(_ read: (inout OTLPJSONSpans) -> Bool) -> Bool {
    guard json.take("[") else { return false }
    var isFirst = true
    while true {
      switch json.element(&isFirst) {
      case .end: return true
      case .doubt: return false
      case .value: guard read(&self) else { return false }
      }
    }
  }

  private mutating func resourceSpans() -> Bool {
    guard allowance.make(), var group = group(head: "resource", inner: "scopeSpans"),
      let resource = head(group, depth: 3, { (reader) throws(JSONFault) in try reader.resource() }, OTLP.Resource())
    else { return false }
    let source = OTLPSource(resource, schema: group.schema)
    return inner(&group, head: "resource", "scopeSpans") { $0.scopeSpans(of: source) }
  }

  private mutating func scopeSpans(of source: OTLPSource) -> Bool {
    guard allowance.make(), var group = group(head: "scope", inner: "spans"),
      let scope = head(group, depth: 5, { (reader) throws(JSONFault) in try reader.scope() }, OTLP.Scope())
    else { return false }
    let origin = source.origin(scope, schema: group.schema)
    let translation = OTLPSpanTranslation(source: source, origin: origin)
    let number = batch.origin(service: source.service, instance: source.instance, origin)
    guard !batch.hasLostFacts else { return false }
    return inner(&group, head: "scope", "spans") { $0.span(origin: number, translation) }
  }
}

// What resources and scopes have in common: facts, and below them what they are the facts of.
extension OTLPJSONSpans {
  /// `ResourceSpans` or `ScopeSpans`.
  private struct Group {
    /// Where the facts begin; nil when there are none.
    var head: Int?
    /// Where the array begins of what is below; nil when there is none.
    var inner: Int?
    var schema = ""
    /// Where it ends; nil when it was read up to ``inner`` alone, because nothing behind that changes what it means.
    var end: Int?
  }

  private mutating func group(head: StaticString, inner: StaticString) -> Group? {
    guard json.take("{") else { return nil }
    var group = Group()
    var isFirst = true
    while true {
      switch json.member(&isFirst) {
      case .doubt: return nil
      case .end:
        group.end = json.place
        return group
      case .value: break
      }
      if json.isKey(head) {
        guard group.head == nil else { return nil }
        group.head = json.place
        guard json.passOver() else { return nil }
      } else if json.isKey(inner) {
        guard group.inner == nil else { return nil }
        group.inner = json.place
        if group.head != nil, !mayHaveSchemas { return group }
        guard json.passOver() else { return nil }
      } else if json.isKey("schemaUrl") {
        guard let schema = json.text() else { return nil }
        group.schema = string(schema)
      } else if !json.skip() {
        return nil
      }
    }
  }

  /// The facts as messages: there is one of them for many spans.
  private mutating func head<Facts>(
    _ group: Group, depth: Int, _ read: (inout OTLPJSONReader) throws(JSONFault) -> Facts, _ none: Facts
  ) -> Facts? {
    guard let place = group.head else { return none }
    let before = json.place
    json.place = place
    defer { json.place = before }
    return carefully(depth: depth, read)
  }

  /// Reads what is below, and goes behind the group.
  private mutating func inner(
    _ group: inout Group, head: StaticString, _ name: StaticString, _ read: (inout OTLPJSONSpans) -> Bool
  ) -> Bool {
    guard let place = group.inner else { return true }
    json.place = place
    guard elements(read) else { return false }
    if let end = group.end {
      json.place = end
      return true
    }
    var isFirst = false
    while true {
      switch json.member(&isFirst) {
      case .end: return true
      case .doubt: return false
      case .value: guard !json.isKey(head), !json.isKey(name), json.skip() else { return false }
      }
    }
  }

  /// Has the value that comes read by the careful reader, and goes past it; nil where that finds a fault.
  ///
  /// - Parameter depth: how many arrays and objects are open.
  mutating func carefully<Value>(
    depth: Int, _ read: (inout OTLPJSONReader) throws(JSONFault) -> Value
  ) -> Value? {
    var reader = OTLPJSONReader(
      json: JSONReader(json.bytes.assumingMemoryBound(to: UInt8.self), at: json.place, depth: depth))
    guard mayBeMade(), let value = try? read(&reader) else { return nil }
    json.place = reader.json.place
    return value
  }

  /// Whether as many messages may be made of a request as there are with the value that comes.
  private mutating func mayBeMade() -> Bool {
    guard json.bytes.count > 2 * OTLPParts.most, json.next() == UInt8(ascii: "{") else { return true }
    var ahead = json
    guard ahead.passOver() else { return false }
    let value = UnsafeRawBufferPointer(rebasing: json.bytes[json.place..<ahead.place])
    return allowance.make(JSONCount(of: value).objects)
  }

  func string(_ text: JSONTokens.Text) -> String {
    let bytes = UnsafeRawBufferPointer(rebasing: json.bytes[text.range]).assumingMemoryBound(to: UInt8.self)
    return text.isEscaped ? JSONText.unescaped(bytes) : String(decoding: bytes, as: UTF8.self)
  }
}
