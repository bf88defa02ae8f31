import Testing
import TraceModel
import Transactions

/// Random sagas under duplicated, reordered, late and lost messages, refusals, locks and crashes: whatever happens, at the
/// end each saga is committed in whole, undone in whole, or stuck with a reason.
@Suite struct SagaChaosTests {
  @Test func everySagaIsWholeOrUndoneOrStuckWithAReason() throws {
    let disk = try SagaChaosWorld.Disk()
    var ends: [SagaState: Int] = [:]
    var accidents = 0
    for seed in 1...300 as ClosedRange<UInt64> {
      let world = try SagaChaosWorld(seed: seed, disk: disk)
      try world.run()
      let comment = Comment(rawValue: "seed \(seed): \(world.plan)")
      #expect(world.isQuiet, comment)
      for saga in world.sagas {
        try check(saga, world, comment)
        ends[try world.view(saga).state, default: 0] += 1
      }
      accidents += world.accidents
      try world.clear()
    }
    #expect([SagaState.completed, .rolledBack, .stuck].allSatisfy { ends[$0] ?? 0 > 20 }, "\(ends)")
    #expect(accidents > 1000)
  }

  @Test func withAPersonsHelpEverySagaEndsAndHoldsNothing() throws {
    let disk = try SagaChaosWorld.Disk()
    for seed in 1001...1060 as ClosedRange<UInt64> {
      let world = try SagaChaosWorld(seed: seed, disk: disk)
      try world.run()
      try world.help()
      let comment = Comment(rawValue: "seed \(seed): \(world.plan)")
      for saga in world.sagas { #expect(try world.view(saga).state.isEnded, comment) }
      #expect(try world.holders().isEmpty, comment)
      try world.clear()
    }
  }

  @Test func theSameSeedIsTheSameRun() throws {
    func journals(_ seed: UInt64) throws -> [[SagaJournalEntry]] {
      let world = try SagaChaosWorld(seed: seed, disk: SagaChaosWorld.Disk())
      try world.run()
      return try world.sagas.map { saga in try world.disk.orchestrator.read { try SagaStore.journal(of: saga, $0) } }
    }
    for seed in 1...5 as ClosedRange<UInt64> { #expect(try journals(seed) == journals(seed)) }
  }

  private func check(_ saga: String, _ world: SagaChaosWorld, _ comment: Comment) throws {
    let view = try world.view(saga)
    for (step, row) in zip(world.plan.steps, view.steps) {
      let done = try world.effects(of: saga, "do \(step.name)")
      let undone = try world.effects(of: saga, "undo \(step.name)")
      // No effect twice, and nothing undone that was not done.
      #expect(done <= 1 && undone <= done, "\(comment), \(saga) \(step.name): done \(done), undone \(undone)")
      switch view.state {
      case .completed:
        #expect(done == (step.isSkipped ? 0 : 1) && undone == 0, "\(comment), \(saga) \(step.name) \(row.action)")
      case .rolledBack:
        #expect(done == undone, "\(comment), \(saga) \(step.name): done \(done), undone \(undone)")
      case .stuck:
        #expect(!view.reason.isEmpty, comment)
      case .running, .compensating:
        Issue.record("\(comment), \(saga) is \(view.state) for ever")
      }
    }
    // Last first.
    let order = (world.undone[saga] ?? []).map { name in world.plan.steps.firstIndex { $0.name == name } ?? -1 }
    #expect(order == order.sorted(by: >) && Set(order).count == order.count, comment)
    if view.state.isEnded { #expect(try !world.holders().contains(saga), comment) }
  }
}
