import TestSupport
import Testing
import TraceModel
import Transactions

/// Random sagas whose every step has its fate, against a plain model of the rules: the same commands in the same order, and
/// the same end.
@Suite struct SagaModelTests {
  /// What comes of the commands of a step.
  struct Fate {
    enum Undo: CaseIterable { case ok, refused, unanswered }
    /// Refusals before it is done; of a step that is not retriable, one is the end.
    var refusals = 0
    /// It does not answer in time (but does after the undo was sent, with a success).
    var isLate = false
    var undo = Undo.ok
  }

  /// The rules of sagas, as plainly as they can be said.
  struct Model {
    let plan: SagaPlan
    let fates: [String: Fate]
    private(set) var commands: [String] = []
    private(set) var end: SagaState?

    init(_ plan: SagaPlan, _ fates: [String: Fate]) {
      self.plan = plan
      self.fates = fates
      var done: [SagaPlan.Step] = []
      for stage in plan.stages {
        let steps = stage.filter { !$0.isSkipped }
        commands += steps.map { "do \($0.name)" }
        var hasFailed = false
        for step in steps {
          let fate = fates[step.name] ?? Fate()
          if step.isRetriable || (step.isPivot && !step.hasUndo && fate.isLate) {
            let asked = fate.isLate ? 1 : fate.refusals
            let limit = step.isRetriable ? SagaPlan.retries : 5
            commands += Array(repeating: "do \(step.name)", count: min(asked, limit))
            if asked > limit {
              end = .stuck
              return
            }
          } else if fate.isLate {
            hasFailed = true
            done.append(step)
            continue
          } else if fate.refusals > 0 {
            hasFailed = true
            continue
          }
          done.append(step)
        }
        guard !hasFailed else {
          undo(done)
          return
        }
      }
      end = .completed
    }

    private mutating func undo(_ done: [SagaPlan.Step]) {
      for step in done.reversed() where step.hasUndo {
        let undo = fates[step.name]?.undo ?? .ok
        commands += Array(repeating: "undo \(step.name)", count: undo == .unanswered ? 6 : 1)
        guard undo == .ok else {
          end = .stuck
          return
        }
      }
      end = .rolledBack
    }
  }

  private func fates(of plan: SagaPlan, _ random: inout SeededGenerator) -> [String: Fate] {
    var fates: [String: Fate] = [:]
    for step in plan.steps {
      var fate = Fate()
      if step.isRetriable {
        fate.refusals = random.chance(40) ? Int.random(in: 1...SagaPlan.retries + 1, using: &random) : 0
      } else {
        fate.refusals = random.chance(15) ? 1 : 0
      }
      if fate.refusals == 0 { fate.isLate = random.chance(15) }
      if random.chance(10) { fate.undo = random.chance(50) ? .refused : .unanswered }
      fates[step.name] = fate
    }
    return fates
  }

  @Test func randomSagasDoWhatThePlainModelSays() throws {
    var ends: [SagaState: Int] = [:]
    // Making one takes longer than a run.
    let database = try SagaBench.makeDatabase()
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      var plan = SagaPlan(&random, isSequential: true)
      for stage in plan.stages.indices {
        for step in plan.stages[stage].indices { plan.stages[stage][step].isLocal = false }
      }
      let fates = fates(of: plan, &random)
      let model = Model(plan, fates)
      let bench = try SagaBench(plan.definition { SagaBench.local($0) }, database: database)
      try play(bench, fates)
      let comment = Comment(rawValue: "seed \(seed): \(plan) with \(fates)")
      #expect(bench.names == model.commands, comment)
      #expect(try bench.state() == model.end, comment)
      ends[try bench.state(), default: 0] += 1
    }
    // All kinds of ends were among them.
    #expect([SagaState.completed, .rolledBack, .stuck].allSatisfy { ends[$0] ?? 0 > 20 }, "\(ends)")
  }

  /// Answers every command in order, as its fate will have it; what does not answer is waited for.
  private func play(_ bench: SagaBench, _ fates: [String: Fate]) throws {
    try bench.start()
    var answered = 0
    var asked: [String: Int] = [:]
    var late: [SagaCommand] = []
    while true {
      guard answered < bench.sent.count else {
        guard try bench.database.read({ try bench.orchestrator.nextDue($0) }) != nil else { break }
        try bench.passToNextDue()
        continue
      }
      let command = bench.sent[answered]
      answered += 1
      let fate = fates[command.step] ?? Fate()
      asked[command.name, default: 0] += 1
      if command.kind == .undo {
        for late in late where late.step == command.step { try bench.reply(SagaReply(to: late, isSuccess: true)) }
        if fate.undo != .unanswered { try bench.reply(SagaReply(to: command, isSuccess: fate.undo == .ok)) }
      } else if fate.isLate, asked[command.name] == 1 {
        late.append(command)
      } else {
        try bench.reply(SagaReply(to: command, isSuccess: (asked[command.name] ?? 0) > fate.refusals))
      }
    }
    // Late at last, long after everything: it changes nothing.
    let state = try bench.state()
    for command in late { try bench.reply(SagaReply(to: command, isSuccess: true)) }
    #expect(try bench.state() == state)
  }
}
