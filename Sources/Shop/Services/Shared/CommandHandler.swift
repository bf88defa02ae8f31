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

  /// What a service does for a command, in the transaction in which that is noted and answered.
  typealias Act = @Sendable (SagaCommand, Payload, Database) throws -> SagaParticipant.Answer

  func handle(_ delivery: Delivery, _ act: @escaping Act) async throws {
    let command = try Self.command(in: delivery)
    let participant = SagaParticipant(
      process.instance.service.name, isBlind: process.makes(.noIdempotency), send: send)
    let context = SagaContext(delivery.context, process)
    let world = process.world
    let tell = { @Sendable (handling: SagaParticipant.Handling) in
      Self.report(handling, command, delivery, world)
    }
    _ = try await database.transaction(delivery.type, at: .command, onCommit: tell) { database in
      try participant.handle(command, context, database) { command, _, database in
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
    _ handling: SagaParticipant.Handling, _ command: SagaCommand, _ delivery: Delivery, _ world: World
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
    case .unlocked: break  // What is given back twice is given back once.
    }
    span.succeed()
  }
}
