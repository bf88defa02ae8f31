internal import GRDB
internal import TraceModel

extension SagaRun {
  // Message ids: `<saga>/<step>/do/<sending>` and `<saga>/<step>/undo/<sending>`.

  func id(_ position: Int, _ direction: String, _ sending: Int) -> String {
    "\(saga.id)/\(steps[position].name)/\(direction)/\(sending)"
  }

  mutating func send(_ command: SagaAction<Data>.Command, at position: Int) throws {
    steps[position].sends += 1
    let sending = steps[position].sends
    if steps[position].request == 0 { steps[position].request = sending }
    try send(
      command, .act, at: position, request: id(position, "do", steps[position].request),
      message: id(position, "do", sending))
    steps[position].hop = context.trace.hops.highestKnown
  }

  mutating func sendUndo(_ command: SagaAction<Data>.Command, at position: Int) throws {
    steps[position].undoSends += 1
    let sending = steps[position].undoSends
    if steps[position].undoRequest == 0 { steps[position].undoRequest = sending }
    // Only who was asked for the action can tell whether there is anything to undo; anybody else just does it.
    let knowsAction = definition.steps[position].action?.destination == command.destination
    try send(
      command, knowsAction ? .undo : .act, at: position, request: id(position, "undo", steps[position].undoRequest),
      message: id(position, "undo", sending))
    steps[position].undoHop = context.trace.hops.highestKnown
  }

  private mutating func send(
    _ command: SagaAction<Data>.Command, _ kind: SagaCommand.Kind, at position: Int, request: String, message: String
  ) throws {
    let content = SagaCommand(
      command.name, kind: kind, saga: saga.id, sagaType: saga.type, step: steps[position].name, request: request,
      replyTopic: settings.replyTopic, key: saga.key, body: command.body(data))
    try write(content, to: command.destination, message: message)
  }

  mutating func write(_ command: SagaCommand, to destination: String, message: String) throws {
    let entry = Outbox.Entry(
      message: message, to: settings.commandTopicPrefix + destination, key: saga.key, type: command.name,
      payload: command.payload, of: saga.gtxid, context)
    try Outbox.write(entry, database)
    note(.sent, command.step, text: "\(command.name) to \(destination)", hop: entry.ltxid)
  }
}
