internal import TraceModel

/// How spans, and the resources that they are of, are asked for an attribute.
extension QueryPlan {
  /// What one condition on an attribute has found out about the senders of one segment's spans.
  struct OriginMemory: Sendable {
    var segment: UInt64 = .max
    /// By the origin's number: 0 not looked at, 1 as wanted, 2 not.
    var verdicts: [UInt8] = []
  }

  /// Where the values of one shape have that of an attribute.
  enum Place: Sendable {
    case unknown, nowhere
    /// So many words behind the first.
    case at(Int32, ValueType)
    /// More than once.
    case several
  }

  struct AttributeProbe: Sendable {
    let name: [UInt8]
    let match: TraceQuery.ValueMatch
    let text: TextProbe?

    func holds(_ attribute: SpanAttribute) -> Bool {
      guard attribute.name.utf8.elementsEqual(name) else { return false }
      switch (match, attribute.value) {
      case (.exists, _): return true
      case (.text, _): return text?.matches(attribute.value.description) ?? false
      case (.number(let comparison, let limit), .integer(let number)): return comparison.holds(Double(number), limit)
      case (.number(let comparison, let limit), .real(let number)): return comparison.holds(number, limit)
      case (.number(let comparison, let limit), .text(let text)):
        return Double(text).map { comparison.holds($0, limit) } ?? false
      case (.number, _): return false
      }
    }
  }

  mutating func hasAttribute(_ probe: Int, _ trace: TraceEntry, _ state: borrowing TraceStoreState) -> Bool {
    var reference = trace.newestSpan
    var known = -1
    var key: UInt32?
    while reference != .none {
      let segment = state.segments[reference.segment]
      let record = segment.pointee.records[reference.row]
      if known != reference.segment {
        known = reference.segment
        key = self.key(probe, in: state.segments, known)
      }
      if let key, hasAttribute(probe, key: key, record, segment, known) { return true }
      if isOfOrigin(probe, record.origin, in: state.segments, known) { return true }
      reference = record.previous
    }
    return false
  }

  private mutating func hasAttribute(
    _ probe: Int, key: UInt32, _ record: SpanRecord, _ segment: UnsafeMutablePointer<SpanSegment>, _ number: Int
  ) -> Bool {
    let shape = Int(record.shape)
    if values[probe][number].places.count <= shape {
      let missing = segment.pointee.shapes.count - values[probe][number].places.count
      values[probe][number].places.append(contentsOf: repeatElement(.unknown, count: missing))
    }
    if case .unknown = values[probe][number].places[shape] {
      values[probe][number].places[shape] = place(of: key, record, segment)
    }
    switch values[probe][number].places[shape] {
    case .unknown, .nowhere: return false
    case .at(let word, let type):
      if type == .text, values[probe][number].hasNoText { return false }
      let word = Int(record.words) + Int(word)
      // A text was mostly met before.
      if type == .text, let verdict = values[probe][number].verdict(segment.pointee.code(at: word)) { return verdict }
      return isWanted(type, at: word, probe, segment, number)
    case .several:
      var isFound = false
      segment.pointee.forEachValue(of: record) { field, word in
        guard field.key == key else { return false }
        isFound = isWanted(field.type, at: word, probe, segment, number)
        return isFound
      }
      return isFound
    }
  }

  private func place(
    of key: UInt32, _ record: SpanRecord, _ segment: UnsafeMutablePointer<SpanSegment>
  ) -> Place {
    var place = Place.nowhere
    segment.pointee.forEachValue(of: record) { field, word in
      guard field.key == key else { return false }
      if case .nowhere = place {
        place = .at(Int32(word - Int(record.words)), field.type)
        return false
      }
      place = .several
      return true
    }
    return place
  }

  /// What the attribute's name is called in the segment; nil where no span has it.
  private mutating func key(_ probe: Int, in segments: borrowing SegmentTable, _ number: Int) -> UInt32? {
    Self.prepare(&values[probe], number)
    let serial = segments.serial(of: number)
    if values[probe][number].segment != serial {
      let code = attributes[probe].name.withUnsafeBytes { segments[number].pointee.texts.existing($0) }
      values[probe][number] = Memory(segment: serial, key: code.map { $0 + SpanField.attributes })
      // A segment that still grows may get to know the name.
      if code == nil, number == segments.newest { values[probe][number].segment = .max }
      values[probe][number].hasNoText = code != nil && hasNoText(probe, segments[number])
    }
    return values[probe][number].key
  }

  /// Whether the bytes have those of a name somewhere.
  private static func holds(_ bytes: UnsafeRawBufferPointer, _ name: [UInt8]) -> Bool {
    guard let first = name.first, bytes.count >= name.count else { return name.isEmpty }
    var from = 0
    let last = bytes.count - name.count
    while from <= last {
      guard let place = bytes[from...last].firstIndex(of: first) else { return false }
      if bytes[place..<place + name.count].elementsEqual(name) { return true }
      from = place + 1
    }
    return false
  }

  /// Whether the resource that the span is of has the attribute; looked at once for each.
  private mutating func isOfOrigin(
    _ probe: Int, _ number: UInt16, in segments: borrowing SegmentTable, _ segment: Int
  ) -> Bool {
    if origins[probe].count <= segment {
      origins[probe].append(contentsOf: repeatElement(OriginMemory(), count: segment + 1 - origins[probe].count))
    }
    if origins[probe][segment].segment != segments.serial(of: segment) {
      origins[probe][segment] = OriginMemory(segment: segments.serial(of: segment))
    }
    let place = Int(number)
    let known = origins[probe][segment].verdicts.count
    if known <= place {
      origins[probe][segment].verdicts.append(contentsOf: repeatElement(0, count: place + 1 - known))
    }
    if origins[probe][segment].verdicts[place] == 0 {
      let facts = segments[segment].pointee.origins[number].facts
      var isWanted = false
      if facts != TextDictionary.empty {
        let written = segments[segment].pointee.texts[facts]
        // Most have no such name, which is seen without reading them.
        if Self.holds(written, attributes[probe].name) {
          var reader = ByteReader(written)
          isWanted = reader.origin().resource.attributes.contains { attributes[probe].holds($0) }
        }
      }
      origins[probe][segment].verdicts[place] = isWanted ? 1 : 2
    }
    return origins[probe][segment].verdicts[place] == 1
  }

  /// Looking at each text of a segment once is quicker than at those of its spans, one here and one there.
  private func hasNoText(_ probe: Int, _ segment: UnsafeMutablePointer<SpanSegment>) -> Bool {
    guard segment.pointee.isSealed, case .text(.equals) = attributes[probe].match, let text = attributes[probe].text
    else { return false }
    for code in 0..<segment.pointee.texts.count
    where text.mayEqual(segment.pointee.texts[TextDictionary.Code(code)]) { return false }
    return true
  }

  private mutating func isWanted(
    _ type: ValueType, at word: Int, _ probe: Int, _ segment: UnsafeMutablePointer<SpanSegment>, _ number: Int
  ) -> Bool {
    let attribute = attributes[probe]
    switch (attribute.match, type) {
    case (.exists, _): return true
    case (.text, .text):
      let code = segment.pointee.code(at: word)
      return isWanted(code, probe, number) { attribute.text?.matches(segment.pointee.texts[code]) ?? false }
    case (.text, _):
      let value = SpanAssembly.value(
        type, bits: segment.pointee.bits(type, at: word), raw: segment.pointee.raw(type, at: word))
      return attribute.text?.matches(value.description) ?? false
    case (.number(let comparison, let limit), .small), (.number(let comparison, let limit), .integer):
      return comparison.holds(Double(Int64(bitPattern: segment.pointee.bits(type, at: word))), limit)
    case (.number(let comparison, let limit), .real):
      return comparison.holds(Double(bitPattern: segment.pointee.bits(type, at: word)), limit)
    case (.number(let comparison, let limit), .text):
      let code = segment.pointee.code(at: word)
      return isWanted(code, probe, number) {
        Double(segment.pointee.texts.text(code)).map { comparison.holds($0, limit) } ?? false
      }
    case (.number, .boolean), (.number, .encoded), (.number, .blob), (.number, .empty): return false
    }
  }

  /// Whether the text of that code is a value as wanted; looked at once for each segment.
  private mutating func isWanted(
    _ code: TextDictionary.Code, _ probe: Int, _ number: Int, _ isWanted: () -> Bool
  ) -> Bool {
    if let verdict = values[probe][number].verdict(code) { return verdict }
    let isWanted = isWanted()
    values[probe][number].learn(code, isWanted: isWanted)
    return isWanted
  }
}
