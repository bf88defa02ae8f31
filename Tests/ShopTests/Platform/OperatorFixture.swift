import Operations
import TraceCollector

@testable import Shop

/// What an operator sees of a stage, and may do to it.
protocol OperatorFixture {}

extension OperatorFixture {
  func snapshot(_ stage: Stage) -> SystemSnapshot {
    SnapshotBuilder(world: stage.world, external: TraceStore(budget: 1 << 20))
      .snapshot(speed: .asFastAsItCan, receivers: [], isStill: true)
  }

  /// Says whether the command was accepted, and carries it out if it was.
  @discardableResult
  func perform(_ command: Command, _ stage: Stage) -> CommandOutcome {
    let outcome = CommandDesk(world: stage.world, snapshot: snapshot(stage)).outcome(of: command)
    if case .done = outcome { CommandDesk.carryOut(command, in: stage.world) }
    return outcome
  }
}
