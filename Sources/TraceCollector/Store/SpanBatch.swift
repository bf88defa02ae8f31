public import TraceModel

/// Spans as they came in, before they are stored: flat records that point into one run of bytes.
///
/// A receiver fills it without a lock, and the store takes it under one. Texts are UTF-8 and are not checked again.
public struct SpanBatch: Sendable {
  /// A run of ``bytes``.
  package struct Text: BitwiseCopyable, Sendable {
    package var offset: UInt32
    package var count: UInt32

    package init(offset: Int, count: Int) {
      self.offset = UInt32(offset)
      self.count = UInt32(count)
    }

    package init(_ range: Range<Int>) {
      self.init(offset: range.lowerBound, count: range.count)
    }

    package init(_ payload: UInt64) {
      offset = UInt32(payload >> 32)
      count = UInt32(truncatingIfNeeded: payload)
    }

    package static let empty = Text(offset: 0, count: 0)

    package var payload: UInt64 { UInt64(offset) << 32 | UInt64(count) }
  }

  /// One value of a span: an attribute's, or that of a ``SpanField``.
  package struct Field: BitwiseCopyable, Sendable {
    package var key: UInt32
    package var type: ValueType
    /// A text's ``Text/payload``, or the value's bits.
    package var payload: UInt64

    package init(key: UInt32, type: ValueType, payload: UInt64) {
      self.key = key
      self.type = type
      self.payload = payload
    }
  }

  struct Record: BitwiseCopyable, Sendable {
    var high: UInt64
    var low: UInt64
    var id: UInt64
    /// 0: none.
    var parent: UInt64
    var start: Int64
    var duration: Int64
    var operation: Text
    var firstField: UInt32
    var fields: UInt32
    var origin: UInt32
    var bits: SpanRecord.Bits

    var isTop: Bool { parent == 0 || parent == id }
    /// The start when the duration is unknown.
    var end: Int64 { bits.contains(.hasDuration) ? start &+ duration : start }
  }

  /// Where spans come from: many share one.
  struct Origin: BitwiseCopyable, Sendable {
    var service: Text
    var instance: Text
    /// A ``SpanOrigin`` as ``ByteWriter`` writes it; empty when there is none.
    var facts: Text
    /// The resource's `service.version`; empty when it has none.
    var version: Text
  }

  var bytes: [UInt8] = []
  var records: [Record] = []
  var fields: [Field] = []
  var origins: [Origin] = []
  /// The names of attributes; key `n` is the one at `n` − ``SpanField/attributes``.
  var names: [Text] = []
  private var namePlaces: [UInt64: UInt32] = [:]
  /// Where the attributes of the last record stand in ``fields``, behind its facts; empty where there are none.
  private var lastAttributes = 0..<0
  /// How many records there were when ``lastAttributes`` was looked for.
  private var recordsLookedAt = 0
  private var writer = ByteWriter()
  private var lastOrigin: SpanOrigin?
  /// The first of the origins at the end that have the facts of ``lastOrigin``.
  private var sameFacts = 0
  /// Bytes of origins with their facts, and how many there may be.
  private var factBytes = 0
  private let mostFacts: Int
  /// Whether some origins are without their facts, because there were more than may be.
  public private(set) var hasLostFacts = false

  /// - Parameter mostFacts: bytes of what the spans' origins say of themselves that are taken: a sender can have a few bytes
  ///   repeated very often. What is beyond is left out, and ``hasLostFacts``.
  public init(mostFacts: Int = .max) {
    self.mostFacts = mostFacts
  }

  public var count: Int { records.count }
  public var isEmpty: Bool { records.isEmpty }

  /// Forgets all and keeps the room.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    fields.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
    names.removeAll(keepingCapacity: true)
    namePlaces.removeAll(keepingCapacity: true)
    lastAttributes = 0..<0
    recordsLookedAt = 0
    lastOrigin = nil
    sameFacts = 0
    factBytes = 0
    hasLostFacts = false
  }

  func raw(_ text: Text, in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(text.offset)..<Int(text.offset) + Int(text.count)])
  }
}

extension SpanBatch {
  public init(_ spans: [TraceSpan], mostFacts: Int = .max) {
    self.init(mostFacts: mostFacts)
    records.reserveCapacity(spans.count)
    fields.reserveCapacity(spans.count * 6)
    bytes.reserveCapacity(spans.count * 160)
    for span in spans where !hasLostFacts { append(span) }
  }

  public mutating func append(_ span: TraceSpan) {
    let first = fields.count
    appendFacts(of: span)
    for (place, attribute) in span.attributes.enumerated() {
      append(attribute.value, key: key(of: attribute.name, at: place))
    }
    records.append(
      Record(
        high: span.gtxid.high, low: span.gtxid.low, id: span.id.value, parent: span.parent?.value ?? 0,
        start: span.start, duration: span.duration ?? 0, operation: add(span.operation), firstField: UInt32(first),
        fields: UInt32(fields.count - first), origin: origin(of: span),
        bits: SpanRecord.Bits(
          kind: span.kind, status: span.status, isShared: span.isShared, hasDuration: span.duration != nil)))
  }

  /// What is there of ``SpanField``, always in the same order.
  private mutating func appendFacts(of span: TraceSpan) {
    if !span.message.isEmpty { append(.text(span.message), field: .message) }
    if !span.peer.isEmpty { append(.text(span.peer), field: .peer) }
    if !span.traceState.isEmpty { append(.text(span.traceState), field: .traceState) }
    append(span.flags, field: .flags)
    append(span.dropped.attributes, field: .droppedAttributes)
    append(span.dropped.events, field: .droppedEvents)
    append(span.dropped.links, field: .droppedLinks)
    append(span.ltxid?.number ?? 0, field: .ltxid)
    if !span.events.isEmpty { appendBlob(.events) { $0.events(span.events, base: span.start) } }
    if !span.links.isEmpty { appendBlob(.links) { $0.links(span.links) } }
  }

  private mutating func append(_ number: UInt32, field: SpanField) {
    if number != 0 { append(.integer(Int64(number)), field: field) }
  }

  private mutating func append(_ value: AttributeValue, field: SpanField) {
    append(value, key: field.rawValue)
  }

  private mutating func appendBlob(_ field: SpanField, _ write: (inout ByteWriter) -> Void) {
    writer.clear()
    write(&writer)
    fields.append(Field(key: field.rawValue, type: .blob, payload: add(writer.bytes).payload))
  }

  private mutating func append(_ value: AttributeValue, key: UInt32) {
    fields.append(field(value, key: key))
  }

  /// A value as a field; its bytes are added, the field is not.
  package mutating func field(_ value: AttributeValue, key: UInt32) -> Field {
    switch value {
    case .text(let text): return Field(key: key, type: .text, payload: add(text).payload)
    case .integer(let number): return Field(key: key, type: .integer, payload: UInt64(bitPattern: number))
    case .real(let number): return Field(key: key, type: .real, payload: number.bitPattern)
    case .boolean(let flag): return Field(key: key, type: .boolean, payload: flag ? 1 : 0)
    case .empty: return Field(key: key, type: .empty, payload: 0)
    case .bytes, .list, .map:
      writer.clear()
      writer.value(value)
      return Field(key: key, type: .encoded, payload: add(writer.bytes).payload)
    }
  }

  private mutating func add(_ bytes: [UInt8]) -> Text {
    let offset = self.bytes.count
    self.bytes.append(contentsOf: bytes)
    return Text(offset: offset, count: bytes.count)
  }

  private mutating func add(_ text: String) -> Text {
    if text.isEmpty { return .empty }
    let offset = bytes.count
    var copy = text
    copy.withUTF8 { bytes.append(contentsOf: $0) }
    return Text(offset: offset, count: bytes.count - offset)
  }

  /// Static, so that asking does not take a copy of the batch along.
  private static func isText(_ text: Text, _ wanted: String, in bytes: [UInt8]) -> Bool {
    guard wanted.utf8.count == Int(text.count) else { return false }
    var copy = wanted
    return copy.withUTF8 { wanted in
      bytes.withUnsafeBytes { bytes in
        guard let left = bytes.baseAddress, let right = wanted.baseAddress else { return true }
        return TextHash.areEqual(left + Int(text.offset), right, count: wanted.count)
      }
    }
  }

  /// Spans that follow each other mostly have the same names in the same places: there it is looked at first.
  private mutating func key(of name: String, at place: Int) -> UInt32 {
    var copy = name
    // What is a String is a text.
    return copy.withUTF8 { key(of: UnsafeRawBufferPointer($0), at: place) { _ in true } } ?? 0
  }

  /// The key of a name; a new one if need be, nil where the name is new and no text.
  ///
  /// - Parameter place: the attribute's among those of the span at hand, from 0.
  package mutating func key(
    of name: UnsafeRawBufferPointer, at place: Int, isText: (UnsafeRawBufferPointer) -> Bool
  ) -> UInt32? {
    if let likely = likelyKey(at: place), isName(likely - SpanField.attributes, name) { return likely }
    let hash = TextHash.ofProcess.of(name)
    // Of two names with one hash the second gets a place for each use, which costs room and nothing else.
    if let known = namePlaces[hash], isName(known, name) { return known + SpanField.attributes }
    guard isText(name) else { return nil }
    let place = UInt32(names.count)
    names.append(add(name))
    namePlaces[hash] = place
    return place + SpanField.attributes
  }

  /// The key of the attribute that the span before has at a place; nil where it has none there.
  package mutating func likelyKey(at place: Int) -> UInt32? {
    if recordsLookedAt != records.count { findLastAttributes() }
    return place < lastAttributes.count ? fields[lastAttributes.lowerBound + place].key : nil
  }

  private mutating func findLastAttributes() {
    recordsLookedAt = records.count
    guard let last = records.last else { return lastAttributes = 0..<0 }
    let end = Int(last.firstField + last.fields)
    var first = Int(last.firstField)
    while first < end, fields[first].key < SpanField.attributes { first += 1 }
    lastAttributes = first..<end
  }

  private func isName(_ place: UInt32, _ name: UnsafeRawBufferPointer) -> Bool {
    let text = names[Int(place)]
    guard Int(text.count) == name.count, let right = name.baseAddress else { return Int(text.count) == name.count }
    return bytes.withUnsafeBytes { bytes in
      bytes.baseAddress.map { TextHash.areEqual($0 + Int(text.offset), right, count: name.count) } ?? false
    }
  }

  private mutating func add(_ text: UnsafeRawBufferPointer) -> Text {
    let offset = bytes.count
    bytes.append(contentsOf: text)
    return Text(offset: offset, count: text.count)
  }

  /// Of the last few origins the one that the span shares; a new one where it shares none.
  private mutating func origin(of span: TraceSpan) -> UInt32 {
    // Spans of a few services mostly come in turn.
    if lastOrigin === span.origin {
      let oldest = max(sameFacts, origins.count - Self.originsLookedAt)
      for place in stride(from: origins.count - 1, through: oldest, by: -1)
      where Self.isText(origins[place].service, span.service, in: bytes)
        && Self.isText(origins[place].instance, span.instance, in: bytes)
      {
        return UInt32(place)
      }
    }
    return origin(service: span.service, instance: span.instance, span.origin)
  }

  private static let originsLookedAt = 8

  /// A new origin for spans to come.
  package mutating func origin(service: String, instance: String, _ origin: SpanOrigin?) -> UInt32 {
    var (facts, version) = (Text.empty, Text.empty)
    if origin !== lastOrigin { sameFacts = origins.count }
    if let origin, origin === lastOrigin, let last = origins.last {
      (facts, version) = (last.facts, last.version)
    } else if let origin, !hasLostFacts {
      writer.clear()
      writer.origin(origin)
      if isRoom(for: writer.bytes.count) {
        facts = add(writer.bytes)
        if case .text(let text)? = origin.resource["service.version"] { version = add(text) }
      }
    }
    lastOrigin = origin
    origins.append(
      Origin(service: name(service, \.service), instance: name(instance, \.instance), facts: facts, version: version))
    return UInt32(origins.count - 1)
  }

  /// As that of the origin before, where it is the same.
  private mutating func name(_ text: String, _ place: KeyPath<Origin, Text>) -> Text {
    if let last = origins.last?[keyPath: place], Self.isText(last, text, in: bytes) { return last }
    return isRoom(for: text.utf8.count) ? add(text) : .empty
  }

  private mutating func isRoom(for count: Int) -> Bool {
    factBytes += count
    if factBytes > mostFacts { hasLostFacts = true }
    return !hasLostFacts
  }
}
