internal import OTLPMessages
internal import TraceCollector
internal import TraceModel

extension OTLPJSONSpans {
  /// Arrays and objects around a span: request, groups and scopes.
  private static let depth = 6

  mutating func span(origin: UInt32, _ translation: OTLPSpanTranslation) -> Bool {
    let (start, before) = (json.place, allowance)
    if let span = plainSpan() {
      // A span counts, too.
      guard allowance.read(attributes.values.count + 1) else { return false }
      span.append(to: &batch, attributes, origin: origin)
      return true
    }
    // What was made of it so far is made once more.
    (json.place, allowance) = (start, before)
    guard let message = carefully(depth: Self.depth, { (reader) throws(JSONFault) in try reader.span() }),
      let read = try? translation.span(message), read.isPlaced
    else { return false }
    batch.append(read.span)
    return true
  }

  /// Nil where the span has other facts than most.
  private mutating func plainSpan() -> OTLPPlainSpan? {
    guard json.take("{") else { return nil }
    attributes.begin()
    var span = OTLPPlainSpan()
    var isFirst = true
    while true {
      switch json.member(&isFirst) {
      case .end: return span.isPlain ? span : nil
      case .doubt: return nil
      case .value: guard member(of: &span) else { return nil }
      }
    }
  }

  /// Most names have a length of their own.
  @inline(__always)
  private mutating func member(of span: inout OTLPPlainSpan) -> Bool {
    switch json.key.count {
    case 4 where json.isKey("name"): return text(&span.name)
    case 4 where json.isKey("kind"): return kind(&span.kind)
    case 5 where json.isKey("flags"): return count(&span.flags)
    case 5 where json.isKey("links"), 6 where json.isKey("events"): return nothing()
    case 6 where json.isKey("spanId"): return identifier(&span.id)
    case 6 where json.isKey("status"): return status(&span)
    case 7 where json.isKey("traceId"): return trace(&span)
    case 10 where json.isKey("attributes"): return readAttributes()
    case 10 where json.isKey("traceState"): return text(&span.traceState)
    case 12 where json.isKey("parentSpanId"): return identifier(&span.parent)
    case 15 where json.isKey("endTimeUnixNano"): return time(&span.end)
    case 17 where json.isKey("startTimeUnixNano"): return time(&span.start)
    case 17 where json.isKey("droppedLinksCount"): return count(&span.droppedLinks)
    case 18 where json.isKey("droppedEventsCount"): return count(&span.droppedEvents)
    case 22 where json.isKey("droppedAttributesCount"): return count(&span.droppedAttributes)
    default: return json.skip()
    }
  }

  /// Of what is mostly not there.
  private mutating func nothing() -> Bool { json.take("[") && json.take("]") }

  @inline(__always)
  private mutating func text(_ text: inout SpanBatch.Text) -> Bool {
    guard let found = json.text() else { return false }
    text = run(found)
    return true
  }

  /// What is written with escapes is added to the bytes without them.
  @inline(__always)
  private mutating func run(_ text: JSONTokens.Text) -> SpanBatch.Text {
    guard text.isEscaped else { return SpanBatch.Text(text.range) }
    return SpanBatch.Text(batch.field(.text(string(text)), key: 0).payload)
  }

  private mutating func trace(_ span: inout OTLPPlainSpan) -> Bool {
    guard let text = json.text(), !text.isEscaped, text.range.count == 32,
      let high = json.hexadecimal(at: text.range.lowerBound),
      let low = json.hexadecimal(at: text.range.lowerBound + 16)
    else { return false }
    span.high = high
    span.low = low
    return true
  }

  /// 0 where it is empty.
  private mutating func identifier(_ id: inout UInt64) -> Bool {
    guard let text = json.text(), !text.isEscaped else { return false }
    guard !text.range.isEmpty else {
      id = 0
      return true
    }
    guard text.range.count == 16, let number = json.hexadecimal(at: text.range.lowerBound) else { return false }
    id = number
    return true
  }

  private mutating func time(_ time: inout Int64) -> Bool {
    guard let number = json.unsigned(), let value = Int64(exactly: number) else { return false }
    time = value
    return true
  }

  private mutating func count(_ count: inout UInt32) -> Bool {
    guard let number = json.unsigned(), let value = UInt32(exactly: number) else { return false }
    count = value
    return true
  }

  private mutating func kind(_ kind: inout SpanKind) -> Bool {
    guard let number = choice(of: OTLPJSONReader.kinds) else { return false }
    kind = OTLPPlainSpan.kind(number)
    return true
  }

  private mutating func status(_ span: inout OTLPPlainSpan) -> Bool {
    guard json.take("{") else { return false }
    span.status = .unset
    span.message = .empty
    var isFirst = true
    while true {
      switch json.member(&isFirst) {
      case .end: return true
      case .doubt: return false
      case .value: break
      }
      if json.isKey("code") {
        guard let number = choice(of: OTLPJSONReader.codes) else { return false }
        span.status = OTLPPlainSpan.status(number)
      } else if json.isKey("message") {
        guard text(&span.message) else { return false }
      } else if !json.skip() {
        return false
      }
    }
  }

  /// A number of one digit in most cases; else a name, or another number.
  @inline(__always)
  private mutating func choice(of names: [String]) -> Int32? {
    let digit = json.next() &- UInt8(ascii: "0")
    if digit < 10, json.place + 1 < json.bytes.count {
      let after = json.bytes[json.place + 1]
      if after == UInt8(ascii: ",") || after == UInt8(ascii: "}") {
        json.place += 1
        return Int32(digit)
      }
    }
    return carefully(depth: 0) { (reader) throws(JSONFault) in Int32(try reader.json.choice(of: names)) }
  }
}

// Attributes.
extension OTLPJSONSpans {
  private mutating func readAttributes() -> Bool {
    attributes.begin()
    guard json.take("[") else { return false }
    var isFirst = true
    while true {
      switch json.element(&isFirst) {
      case .end: return true
      case .doubt: return false
      case .value:
        guard let field = attribute(), attributes.append(field, of: batch) else { return false }
      }
    }
  }

  /// A `KeyValue`: of its members with one name the last one counts.
  @inline(__always)
  private mutating func attribute() -> SpanBatch.Field? {
    guard json.take("{") else { return nil }
    var name = JSONTokens.Text(range: 0..<0, isEscaped: false)
    var field = SpanBatch.Field(key: 0, type: .empty, payload: 0)
    var isFirst = true
    members: while true {
      switch json.member(&isFirst) {
      case .end: break members
      case .doubt: return nil
      case .value: break
      }
      if json.isKey("key") {
        guard let text = json.text() else { return nil }
        name = text
      } else if json.isKey("value") {
        guard value(&field) else { return nil }
      } else if !json.skip() {
        return nil
      }
    }
    guard let key = key(name) else { return nil }
    field.key = key
    return field
  }

  private mutating func key(_ name: JSONTokens.Text) -> UInt32? {
    let place = attributes.values.count
    // It was looked at with the whole body.
    guard name.isEscaped else {
      return batch.key(of: UnsafeRawBufferPointer(rebasing: json.bytes[name.range]), at: place) { _ in true }
    }
    var text = string(name)
    return text.withUTF8 { batch.key(of: UnsafeRawBufferPointer($0), at: place) { _ in true } }
  }

  /// An `AnyValue`: of its members the last one counts.
  @inline(__always)
  private mutating func value(_ field: inout SpanBatch.Field) -> Bool {
    let start = json.next() == UInt8(ascii: "{") ? json.place : -1
    guard start >= 0 else { return false }
    json.place += 1
    field.type = .empty
    field.payload = 0
    var isFirst = true
    while true {
      switch json.member(&isFirst) {
      case .end: return true
      case .doubt: return false
      case .value: break
      }
      if json.isKey("stringValue") {
        guard let text = json.text() else { return false }
        field.type = .text
        field.payload = run(text).payload
      } else if json.isKey("intValue") {
        guard let number = json.signed() else { return false }
        field.type = .integer
        field.payload = UInt64(bitPattern: number)
      } else if json.isKey("arrayValue") || json.isKey("kvlistValue") || json.isKey("bytesValue") {
        json.place = start
        return nested(&field)
      } else if json.isKey("boolValue") {
        guard boolean(&field) else { return false }
      } else if json.isKey("doubleValue") {
        guard let number = carefully(depth: 0, { (reader) throws(JSONFault) in try reader.json.real() }) else {
          return false
        }
        field.type = .real
        field.payload = number.bitPattern
      } else if !json.skip() {
        return false
      }
    }
  }

  private mutating func boolean(_ field: inout SpanBatch.Field) -> Bool {
    let isTrue = json.next() == UInt8(ascii: "t")
    guard isTrue ? json.take("true", 4) : json.take("false", 5) else { return false }
    field.type = .boolean
    field.payload = isTrue ? 1 : 0
    return true
  }

  /// A list, a map or bytes.
  private mutating func nested(_ field: inout SpanBatch.Field) -> Bool {
    // Within the span: its attributes, and the one at hand.
    guard let message = carefully(depth: Self.depth + 3, { (reader) throws(JSONFault) in try reader.value() }) else {
      return false
    }
    field = batch.field(OTLPValues.value(message), key: 0)
    return true
  }
}
