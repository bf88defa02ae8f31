internal import Operations
internal import Simulation
internal import TraceCollector
internal import TraceModel
internal import Transactions

/// What happened to one saga: the orchestrator's journal, or, where nobody keeps one, what the spans of the transaction
/// tell. From any thread.
struct SagaTimeline {
  let world: World

  /// Nil when the transaction is no saga, or nothing is known of it (any more).
  /// - Parameter returnedBy: the transaction by which its customer gave back what was ordered.
  func detail(_ id: GTXID, returnedBy: GTXID? = nil) -> SagaDetail? {
    guard var detail = there(id) else { return nil }
    guard let returnedBy else { return detail }
    let back = moments(of: returnedBy).map { moment in
      var moment = moment
      moment.gtxid = returnedBy
      return moment
    }
    detail.moments = (detail.moments + back).enumerated()
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    return detail
  }

  private func there(_ id: GTXID) -> SagaDetail? {
    let entries = try? world.disk(of: ShopPlan.orchestrator)?.database.read {
      try SagaStore.journal(of: id.hex, $0)
    }
    if let entries, !entries.isEmpty {
      return SagaDetail(
        gtxid: id, definition: SagaKind.orchestrated.rawValue, isInferred: false, moments: entries.map(SagaMoment.init))
    }
    let order = try? world.disk(of: ShopPlan.order)?.database.read { try OrderTables.order(gtxid: id.hex, $0) }
    guard let order else { return nil }
    return SagaDetail(gtxid: id, definition: order.saga.rawValue, isInferred: true, moments: moments(of: id))
  }

  private func moments(of id: GTXID) -> [SagaMoment] {
    world.traces.spans(of: id).sorted { $0.start != $1.start ? $0.start < $1.start : $0.id < $1.id }
      .compactMap(SagaMoment.init)
  }
}

extension SagaMoment {
  fileprivate init(_ entry: SagaJournalEntry) {
    let kind: Kind =
      switch entry.kind {
      case .received: .messageIn
      case .sent: .messageOut
      case .state: .state
      case .local: .local
      case .timer: .timer
      case .operator: .byHand
      }
    let isBad = entry.kind == .timer || entry.text.hasPrefix(SagaState.stuck.rawValue) || entry.text.contains("refused")
    self.init(
      time: entry.time, kind: kind, step: entry.step, text: entry.text, hop: entry.hop, isBad: isBad)
  }

  /// Nil for what says nothing of the saga: work within a service.
  fileprivate init?(_ span: TraceSpan) {
    let kind: Kind
    var words = ""
    switch span.kind {
    case .producer:
      kind = .messageOut
      words = "\(span.operation) → \(span.peer)"
    case .client:
      kind = .messageOut
      words = "\(span.operation) → \(span.peer)"
    case .consumer, .server: kind = .messageIn
    default: return nil
    }
    let facts = [AttributeName.topic, AttributeName.subject, AttributeName.state].compactMap { name -> String? in
      guard span.kind != .producer, case .text(let text) = span[attribute: name] else { return nil }
      return text
    }
    if words.isEmpty { words = facts.joined(separator: "  ") }
    if !span.message.isEmpty { words += words.isEmpty ? span.message : ": \(span.message)" }
    self.init(
      time: span.start, kind: kind, step: span.kind == .producer || span.kind == .client ? "" : span.operation,
      text: words, hop: span.ltxid, service: span.instance, span: span.id, isBad: span.status == .error)
  }
}
