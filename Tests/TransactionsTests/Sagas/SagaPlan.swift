import TestSupport
import Transactions

/// A random saga that can be undone, as plain values, from which the definition is made.
struct SagaPlan: CustomStringConvertible {
  struct Step {
    var name: String
    var hasUndo = true
    var isPivot = false
    var isRetriable = false
    var isSkipped = false
    var isLocal = false
    var claims = false
  }

  static let retries = 3
  var stages: [[Step]] = []

  /// - Parameter isSequential: what comes behind the pivot comes one by one.
  init(_ random: inout SeededGenerator, isSequential: Bool) {
    var number = 0
    func make(_ change: (inout Step) -> Void = { _ in }) -> Step {
      number += 1
      var step = Step(name: "s\(number)")
      change(&step)
      return step
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let count = random.chance(30) ? Int.random(in: 2...3, using: &random) : 1
      stages.append(
        (0..<count).map { _ in
          make {
            $0.isSkipped = random.chance(10)
            $0.isLocal = random.chance(15)
            $0.claims = !$0.isLocal && random.chance(20)
          }
        })
    }
    guard random.chance(70) else { return }
    stages.append([
      make {
        $0.isPivot = true
        $0.hasUndo = random.chance(40)
      }
    ])
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      let count = !isSequential && random.chance(30) ? 2 : 1
      stages.append(
        (0..<count).map { _ in
          make {
            $0.isRetriable = true
            $0.hasUndo = false
          }
        })
    }
  }

  var steps: [Step] { stages.flatMap(\.self) }

  var description: String {
    stages.map { stage in
      stage.map { step in
        var text = step.name
        if step.hasUndo { text += "/u" }
        if step.isPivot { text += " pivot" }
        if step.isRetriable { text += " retriable" }
        if step.isSkipped { text += " skipped" }
        if step.isLocal { text += " local" }
        return text
      }.joined(separator: " | ")
    }.joined(separator: " ; ")
  }

  func definition(local: @escaping @Sendable (String) -> SagaAction<Won>) throws -> SagaDefinition<Won> {
    try SagaDefinition<Won>("plan") {
      for stage in stages {
        if stage.count == 1 {
          make(stage[0], local)
        } else {
          parallel {
            for step in stage { make(step, local) }
          }
        }
      }
    }
  }

  private func make(_ plan: Step, _ local: @Sendable (String) -> SagaAction<Won>) -> SagaStep<Won> {
    func action(_ name: String) -> SagaAction<Won> { plan.isLocal ? local(name) : .command(name, to: "service") }
    var made = step(
      plan.name, do: action("do \(plan.name)"), undo: plan.hasUndo ? action("undo \(plan.name)") : nil)
    if !plan.isLocal { made = made.timeout(.seconds(5)) }
    if plan.isPivot { made = made.pivot() }
    if plan.isRetriable {
      made = made.retriable(atMost: Self.retries, backOff: .exponential(from: .milliseconds(300)))
    }
    if plan.isSkipped { made = made.when { _ in false } }
    return made
  }
}
