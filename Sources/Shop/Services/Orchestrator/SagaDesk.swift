internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// What somebody does to a saga that is stuck: an instance of the orchestrator does it, in a transaction of its own, as it
/// does everything else.
struct SagaDesk {
  let world: World

  /// From any thread: whether it can be done, as far as is known.
  static func outcome(of move: SagaMove, on id: GTXID, _ snapshot: SystemSnapshot) -> CommandOutcome {
    guard let saga = snapshot.sagas.saga(id) else {
      return .refused("there is no saga \(id.short), or it has ended long ago")
    }
    guard !saga.isInferred else {
      return .refused("nobody coordinates saga \(id.short): its services go on by themselves, with each record")
    }
    guard saga.state == .stuck else {
      return .refused("saga \(id.short) is \(saga.state.rawValue): only one that is STUCK takes help")
    }
    guard snapshot.service(ShopPlan.orchestrator)?.instancesUp ?? 0 > 0 else {
      return .refused("no instance of \(ShopPlan.orchestrator) is up: start one, then help the saga")
    }
    return .done("saga \(id.short) \(move.deed)")
  }

  /// On the simulation's thread.
  func carryOut(_ move: SagaMove, on id: GTXID) {
    let processes = world.service(ShopPlan.orchestrator).instances.compactMap(\.process)
    guard let process = processes.first(where: \.isRelaying) ?? processes.first, let database = process.database else {
      return tell(id, "not \(move.deed)", "no instance of \(ShopPlan.orchestrator) is up", .warning)
    }
    process.life.spawn { await self.carryOut(move, on: id, process, database) }
  }

  private func carryOut(_ move: SagaMove, on id: GTXID, _ process: ServiceProcess, _ database: DatabasePort) async {
    let orchestrator = CheckoutSaga.orchestrator
    do {
      guard let place = try await database.read({ try SagaStore.place(of: id.hex, $0) }) else {
        return tell(id, "not \(move.deed)", "it is not known any more", .warning)
      }
      let context = TraceContext(gtxid: id, ltxid: place.ltxid, span: place.span)
      let saga = SagaContext(context, process)
      let done = { @Sendable (change: SagaChange) in
        SagaReports(process: process).report(change, context)
        tell(id, move.deed, change.after.map { "it is \($0.rawValue)" } ?? "", .info)
      }
      _ = try await database.transaction("\(move.rawValue) by hand", at: .sagaStep, onCommit: done) { database in
        // Of a record that was put aside the orchestrator knows nothing: it still waits for the answer.
        let there = try orchestrator.giveUpWaiting(of: id.hex, because: "record dead-lettered", saga, database)
        guard there.after == .stuck else { return there }
        return switch move {
        case .retry: try orchestrator.retryStep(of: id.hex, saga, database)
        case .skip: try orchestrator.skipStep(of: id.hex, saga, database)
        case .end: try orchestrator.endSaga(id.hex, because: "an operator", saga, database)
        }
      }
    } catch {
      tell(id, "not \(move.deed)", "\(error)", .warning)
    }
  }

  private func tell(_ id: GTXID, _ change: String, _ reason: String, _ severity: OperationalEvent.Severity) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: severity, subject: "saga \(id.short)", change: change,
        reason: reason, gtxid: id))
  }
}

extension SagaMove {
  /// What has become of the saga: `tried again by hand`.
  var deed: String {
    switch self {
    case .retry: "tried again by hand"
    case .skip: "goes on without the step, by hand"
    case .end: "ended by hand"
    }
  }
}
