internal import GRDB
internal import TraceModel

/// One saga in the hands of one call: it is read, moved, and written back.
struct SagaRun<Data: SagaData> {
  let orchestrator: SagaOrchestrator<Data>
  let context: SagaContext
  let database: Database
  var saga: SagaRow
  var steps: [SagaStepRow]
  var data: Data
  var verdict = SagaChange.Verdict.moved
  private var entries: [SagaJournalEntry] = []
  /// Nil for a saga that has just begun.
  private let old: (saga: SagaRow, steps: [SagaStepRow])?

  var definition: SagaDefinition<Data> { orchestrator.definition }
  var settings: SagaSettings { orchestrator.settings }
  var now: Int64 { context.now }
  var isNew: Bool { old == nil }

  /// A new saga, of which no row stands yet.
  init(
    _ orchestrator: SagaOrchestrator<Data>, id: String, key: String, _ data: Data, _ context: SagaContext,
    _ database: Database
  ) throws {
    self.orchestrator = orchestrator
    self.context = context
    self.database = database
    self.data = data
    saga = SagaRow(
      id: id, type: orchestrator.definition.name, key: key, state: .running, data: data.json,
      gtxid: context.trace.gtxid, hop: context.trace.hops.highestKnown, span: context.trace.span, created: context.now,
      since: context.now)
    steps = orchestrator.definition.steps.enumerated().map(SagaStepRow.init)
    old = nil
    note(.state, text: SagaState.running.rawValue)
    try definition.stateHandler?(.running, data, database)
  }

  /// A saga that stands in the tables; nil when it does not.
  init?(_ orchestrator: SagaOrchestrator<Data>, of id: String, _ context: SagaContext, _ database: Database) throws {
    guard let saga = try SagaTables.saga(id, database) else { return nil }
    let steps = try SagaTables.steps(of: id, database)
    let definition = orchestrator.definition
    let names = definition.stepNames
    guard saga.type == definition.name, steps.elementsEqual(names, by: { $0.name == $1 }),
      let data = Data(json: saga.data)
    else {
      throw SagaError.otherDefinition(
        saga: id, began: "\(saga.type): " + steps.map(\.name).joined(separator: ", "),
        now: "\(definition.name): " + names.joined(separator: ", "))
    }
    self.orchestrator = orchestrator
    self.context = context
    self.database = database
    self.saga = saga
    self.steps = steps
    self.data = data
    old = (saga, steps)
    // A reply of one branch may know of fewer hops than the saga does.
    context.trace.hops.learn(saga.hop)
  }

  mutating func note(_ kind: SagaJournalEntry.Kind, _ step: String = "", text: String, hop: LTXID? = nil) {
    saga.entries += 1
    entries.append(
      SagaJournalEntry(number: saga.entries, time: now, kind: kind, step: step, text: text, hop: hop))
  }

  mutating func become(_ state: SagaState, because reason: String = "") throws {
    if !reason.isEmpty { saga.reason = reason }
    guard saga.state != state else { return }
    saga.state = state
    saga.since = now
    note(.state, text: reason.isEmpty ? state.rawValue : "\(state.rawValue): \(reason)")
    try definition.stateHandler?(state, data, database)
  }

  /// Moves on as far as it can without a reply.
  mutating func proceed() throws {
    while true {
      let goesOn =
        switch saga.state {
        case .running: try advance()
        case .compensating: try retreat()
        case .completed, .rolledBack, .stuck: false
        }
      guard goesOn else { return }
    }
  }

  mutating func stop(_ reason: String) throws {
    try become(.stuck, because: reason)
  }

  mutating func finish(_ state: SagaState, because reason: String = "") throws {
    saga.ended = now
    for index in steps.indices { steps[index].due = nil }
    try become(state, because: reason)
    try unlockAll()
  }

  /// Writes what has changed.
  consuming func finished() throws -> SagaChange {
    saga.data = data.json
    saga.hop = context.trace.hops.highestKnown
    saga.span = context.trace.span
    try SagaTables.save(saga, database)
    for (index, step) in steps.enumerated() where old?.steps[index] != step {
      try SagaTables.save(step, of: saga.id, database)
    }
    try SagaJournal.write(entries, of: saga.id, limit: settings.journalLimit, database)
    return SagaChange(
      saga: saga.id, verdict: verdict, before: old?.saga.state, after: saga.state, reason: saga.reason,
      entries: entries)
  }
}
