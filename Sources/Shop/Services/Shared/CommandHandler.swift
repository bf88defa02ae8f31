internal import EventBus
internal import GRDB
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// How a service carries out the commands of the orchestrator: once each, with a reply, whatever comes twice.
struct CommandHandler: Sendable {
  let process: ServiceProcess
  let database: DatabasePort
  /// Where replies are written.
  var send: SagaParticipant.Send = { try Outbox.write($0, $1) }
  /// What becomes of messages that waited for a saga to end, and are no commands; nil where none do.
  var guests: Guests?

  struct Guests: Sendable {
    /// Within the transaction in which the saga lets go of what they waited for.
    var handOut: @Sendable (SemanticLock.Message, SagaContext, Database) throws -> Bool
    /// When that is committed.
    var tell: @Sendable (SemanticLock.Message, _ hadEffect: Bool) -> Void
  }

  /// What a service does for a command, in the transaction in which that is noted and answered.
  typealias Act = @Sendable (SagaCommand, Payload, Database) throws -> SagaParticipant.Answer

  func handle(_ delivery: Delivery, _ act: @escaping Act) async throws {
    let command = try Self.command(in: delivery)
    let participant = SagaParticipant(
      process.instance.service.name, isBlind: process.makes(.noIdempotency), send: send)
    let context = SagaContext(delivery.context, process)
    let world = process.world
    let guests = guests
    let tell = { @Sendable (handling: SagaParticipant.Handling) in
      Self.report(handling, command, delivery, world, guests)
    }
    _ = try await database.transaction(delivery.type, at: .command, onCommit: tell) { database in
      try participant.handle(command, context, database, handingOut: guests?.handOut) { command, _, database in
        try act(command, Payload(json: command.body) ?? Payload(), database)
      }
    }
  }

  static func command(in delivery: Delivery) throws -> SagaCommand {
    guard let command = delivery.command else {
      throw UnreadableRecord(topic: delivery.topic, partition: delivery.partition, offset: delivery.record.offset)
    }
    return command
  }

  private static func report(
    _ handling: SagaParticipant.Handling, _ command: SagaCommand, _ delivery: Delivery, _ world: World,
    _ guests: Guests?
  ) {
    let span = delivery.span
    switch handling {
    case .acted(let reply):
      world.effect(delivery)
      span.set(AttributeName.state, .text(reply.isSuccess ? "ok" : "refused"))
      if command.kind == .undo { world.counters.compensated(step: command.name) }
    case .repeated: return world.suppressedDuplicate(delivery)
    case .tombstoned:
      world.effect(delivery)
      span.set(AttributeName.state, .text("nothing to undo"))
    case .stashed(let resource): span.set(AttributeName.state, .text("waits for \(resource)"))
    case .unlocked(_, let handedOut):  // What is given back twice is given back once.
      for case .handedOut(let message, let hadEffect) in handedOut { guests?.tell(message, hadEffect) }
    case .handedOut: break  // That is told of with what it waited for.
    }
    span.succeed()
  }
}
