internal import Concurrency
internal import TraceModel

extension TraceStore {
  /// The names of attributes that spans that are held have, and the resources that they are of, sorted. They stand in the
  /// segments' dictionaries: no span is looked at. As soon as there are `limit` of them the others are left out.
  public func attributeNames(limit: Int) -> [String] {
    var names: Set<String> = []
    let segments = state.withLock { state in state.segments.newestFirst.map { ($0, state.segments.serial(of: $0)) } }
    for (number, serial) in segments where names.count < limit {
      // Others get the lock in between; the oldest may have gone by then.
      state.withLock { state in
        guard state.segments.newestFirst.contains(number), state.segments.serial(of: number) == serial else { return }
        state.segments[number].pointee.addAttributeNames(to: &names, limit: limit)
      }
    }
    return names.sorted()
  }
}

extension SpanSegment {
  fileprivate func addAttributeNames(to names: inout Set<String>, limit: Int) {
    var known: Set<UInt32> = []
    for shape in 0..<shapes.count where names.count < limit {
      for field in shapes[UInt16(shape)]
      where field.key >= SpanField.attributes && known.insert(field.key).inserted {
        names.insert(texts.text(field.key - SpanField.attributes))
      }
    }
    known = []
    for number in 0..<origins.count where names.count < limit {
      let facts = origins[UInt16(number)].facts
      guard facts != TextDictionary.empty, known.insert(facts).inserted else { continue }
      var reader = ByteReader(texts[facts])
      for attribute in reader.origin().resource.attributes { names.insert(attribute.name) }
    }
  }
}
