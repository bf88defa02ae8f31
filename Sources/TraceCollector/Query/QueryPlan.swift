internal import TraceModel

/// A query made ready for a store: texts are compared once for each text, not once for each span. What it learns on the
/// way is kept for the next traces.
struct QueryPlan: Sendable {
  /// What one condition on texts has found out about the texts of one segment.
  struct Memory: Sendable {
    /// The segment's number among all that there ever were.
    var segment: UInt64 = .max
    /// By code: 0 not looked at, 1 as wanted, 2 not.
    var verdicts: [UInt8] = []
    /// Of an attribute: the key its name has there; nil when no span there has it.
    var key: UInt32?
    /// Of an attribute, by shape: where its value stands.
    var places: [Place] = []
    /// Of an attribute: no text that there is in the segment is as wanted.
    var hasNoText = false

    /// What is known already.
    func verdict(_ code: TextDictionary.Code) -> Bool? {
      let place = Int(code)
      return place < verdicts.count && verdicts[place] != 0 ? verdicts[place] == 1 : nil
    }

    mutating func learn(_ code: TextDictionary.Code, isWanted: Bool) {
      let place = Int(code)
      if verdicts.count <= place {
        verdicts.append(contentsOf: repeatElement(0, count: max(place + 1, verdicts.count * 2) - verdicts.count))
      }
      verdicts[place] = isWanted ? 1 : 2
    }
  }

  private indirect enum Step: Sendable {
    case always(Bool)
    case not(Step)
    case all([Step])
    case any([Step])
    case duration(TraceQuery.Comparison, Int64)
    case spans(TraceQuery.Comparison, Int)
    case start(TraceQuery.Comparison, Int64)
    case hops(TraceQuery.Comparison, Int)
    case errors(TraceQuery.Comparison, Int)
    case status(TraceSummary.Status)
    case id(GTXID.Prefix)
    /// The number of the probe.
    case service(Int)
    case operation(Int)
    case rootOperation(Int)
    case rootAttribute(String, Int)
    case firstError(Int)
    case attribute(Int)
  }

  private var step = Step.always(true)
  private var probes: [TextProbe] = []
  var attributes: [AttributeProbe] = []
  private var services: [[UInt8]] = []
  /// By probe or attribute, then by the segment's number.
  private var texts: [[Memory]] = []
  var values: [[Memory]] = []
  var origins: [[OriginMemory]] = []

  init(_ query: TraceQuery) {
    step = compile(query)
  }

  // MARK: Making ready

  private mutating func compile(_ query: TraceQuery) -> Step {
    switch query {
    case .everything: .always(true)
    case .not(let inner): .not(compile(inner))
    case .all(let parts): .all(parts.map { compile($0) }.sorted { Self.cost($0) < Self.cost($1) })
    case .any(let parts): .any(parts.map { compile($0) }.sorted { Self.cost($0) < Self.cost($1) })
    case .duration(let comparison, let limit): .duration(comparison, limit)
    case .spans(let comparison, let limit): .spans(comparison, limit)
    case .start(let comparison, let time): .start(comparison, time)
    case .hops(let comparison, let limit): .hops(comparison, limit)
    case .errors(let comparison, let limit): .errors(comparison, limit)
    case .status(let status): .status(status)
    case .id(let prefix): GTXID.Prefix(prefix).map { .id($0) } ?? .always(false)
    case .service(let match): .service(probe(match))
    case .operation(let match): .operation(probe(match))
    case .rootOperation(let match): .rootOperation(probe(match))
    case .kind(let match): .rootAttribute(AttributeName.kind, probe(match))
    case .user(let match): .rootAttribute(AttributeName.user, probe(match))
    case .firstError(let match): .firstError(probe(match))
    case .attribute(let name, let match): .attribute(attribute(name, match))
    }
  }

  private mutating func probe(_ match: TraceQuery.TextMatch) -> Int {
    probes.append(TextProbe(match))
    services.append([])
    texts.append([])
    return probes.count - 1
  }

  private mutating func attribute(_ name: String, _ match: TraceQuery.ValueMatch) -> Int {
    let text: TextProbe? = if case .text(let match) = match { TextProbe(match) } else { nil }
    attributes.append(AttributeProbe(name: Array(name.utf8), match: match, text: text))
    values.append([])
    origins.append([])
    return attributes.count - 1
  }

  /// What is known of the trace as a whole is asked first, what needs all its spans last.
  private static func cost(_ step: Step) -> Int {
    switch step {
    case .always, .duration, .spans, .start, .hops, .errors, .status, .id: 0
    case .not(let inner): cost(inner)
    case .all(let parts), .any(let parts): parts.map(cost).max() ?? 0
    case .rootOperation, .rootAttribute, .firstError: 1
    case .service: 2
    case .operation: 3
    case .attribute: 4
    }
  }

  // MARK: Asking

  /// Whether the trace in `slot` is wanted.
  mutating func holds(_ slot: Int32, in state: borrowing TraceStoreState) -> Bool {
    holds(step, state.traces[slot].pointee, state)
  }

  private mutating func holds(_ step: Step, _ trace: TraceEntry, _ state: borrowing TraceStoreState) -> Bool {
    switch step {
    case .always(let verdict): return verdict
    case .not(let inner): return !holds(inner, trace, state)
    case .all(let parts):
      for part in parts where !holds(part, trace, state) { return false }
      return true
    case .any(let parts):
      for part in parts where holds(part, trace, state) { return true }
      return false
    case .duration(let comparison, let limit): return comparison.holds(trace.end &- trace.start, limit)
    case .spans(let comparison, let limit): return comparison.holds(Int(trace.spans), limit)
    case .start(let comparison, let time): return comparison.holds(trace.start, time)
    case .hops(let comparison, let limit):
      return comparison.holds(Int(trace.highestHop > 0 ? trace.highestHop : trace.crossings), limit)
    case .errors(let comparison, let limit): return comparison.holds(Int(trace.errors), limit)
    case .status(let status): return state.status(of: trace) == status
    case .id(let prefix): return prefix.matches(trace.gtxid)
    case .service(let probe): return hasService(probe, trace, state)
    case .operation(let probe): return hasOperation(probe, trace, state)
    case .rootOperation(let probe):
      let root = state.segments[trace.root].pointee
      return isWanted(root.operation, probe, in: state.segments, trace.root.segment)
    case .rootAttribute(let name, let probe):
      var reader = SpanReader(gtxid: trace.gtxid)
      let value = reader.span(at: trace.root, in: state.segments)[attribute: name]
      return probes[probe].matches(value?.description ?? "")
    case .firstError(let probe):
      guard trace.firstError != .none else { return probes[probe].matches("") }
      var reader = SpanReader(gtxid: trace.gtxid)
      return probes[probe].matches(reader.span(at: trace.firstError, in: state.segments).errorSentence)
    case .attribute(let probe): return hasAttribute(probe, trace, state)
    }
  }

  private mutating func hasService(_ probe: Int, _ trace: TraceEntry, _ state: borrowing TraceStoreState) -> Bool {
    var reference = trace.newestSpan
    while reference != .none {
      let record = state.segments[reference].pointee
      let segment = state.segments[reference.segment]
      let symbol = Int(segment.pointee.service(record))
      // What has no symbol of its own is known by its text.
      if symbol == SymbolTable.other, probes[probe].matches(segment.pointee.serviceText(record)) { return true }
      if services[probe].count <= symbol {
        services[probe].append(contentsOf: repeatElement(0, count: symbol + 1 - services[probe].count))
      }
      if services[probe][symbol] == 0 {
        services[probe][symbol] = probes[probe].matches(state.symbols[SymbolTable.Symbol(symbol)]) ? 1 : 2
      }
      if services[probe][symbol] == 1 { return true }
      reference = record.previous
    }
    return false
  }

  private mutating func hasOperation(_ probe: Int, _ trace: TraceEntry, _ state: borrowing TraceStoreState) -> Bool {
    var reference = trace.newestSpan
    while reference != .none {
      let record = state.segments[reference].pointee
      if isWanted(record.operation, probe, in: state.segments, reference.segment) { return true }
      reference = record.previous
    }
    return false
  }

  /// Whether the text of that code is as wanted; looked at once for each segment.
  private mutating func isWanted(
    _ code: TextDictionary.Code, _ probe: Int, in segments: borrowing SegmentTable, _ number: Int
  ) -> Bool {
    Self.prepare(&texts[probe], number)
    if texts[probe][number].segment != segments.serial(of: number) {
      texts[probe][number] = Memory(segment: segments.serial(of: number))
    }
    if let verdict = texts[probe][number].verdict(code) { return verdict }
    let isWanted = probes[probe].matches(segments[number].pointee.texts[code])
    texts[probe][number].learn(code, isWanted: isWanted)
    return isWanted
  }

  static func prepare(_ memories: inout [Memory], _ number: Int) {
    if memories.count <= number {
      memories.append(contentsOf: repeatElement(Memory(), count: number + 1 - memories.count))
    }
  }
}
