/// Finds what makes a saga one that cannot be undone, or cannot be told apart.
struct SagaCheck<Data: SagaData> {
  let name: String
  let stages: [SagaStage<Data>]

  private struct Place {
    let step: SagaStep<Data>
    let stage: Int
  }

  var reasons: [String] {
    var reasons = nameReasons
    for place in places { reasons += markReasons(place.step) }
    reasons += pivotReasons
    for place in places { reasons += undoReasons(place) }
    return reasons
  }

  private var places: [Place] {
    stages.enumerated().flatMap { index, stage in stage.steps.map { Place(step: $0, stage: index) } }
  }

  private var pivot: Place? { places.first { $0.step.isPivot } }

  private var nameReasons: [String] {
    var reasons: [String] = []
    if name.isEmpty { reasons.append("the saga has no name: its messages could not be told apart") }
    if places.allSatisfy({ $0.step.action == nil && $0.step.undo == nil }) {
      reasons.append("no step does anything: a saga needs at least one step with an action")
    }
    if stages.contains(where: { $0.isGroup && $0.steps.isEmpty }) {
      reasons.append("a parallel group has no steps: leave it out")
    }
    for (index, place) in places.enumerated() {
      let name = place.step.name
      if name.isEmpty || name.contains("/") {
        reasons.append(
          "a step is named \"\(name)\": a name is not empty and has no \"/\", since message ids are made of it")
      }
      if places[..<index].contains(where: { $0.step.name == name }) {
        reasons.append("two steps are named \"\(name)\": replies could not tell them apart, rename one")
      }
    }
    return reasons
  }

  /// What contradicts itself within one step.
  private func markReasons(_ step: SagaStep<Data>) -> [String] {
    var reasons: [String] = []
    if step.action == nil, step.isPivot || step.retry != nil || step.timeout != nil || step.leavesNothing {
      reasons.append(
        "\"\(step.name)\" has no action, so it can be no pivot, and is neither retried nor timed: give it one")
    }
    if let timeout = step.timeout {
      if timeout <= 0 { reasons.append("the time-out of \"\(step.name)\" is not longer than nothing") }
      if case .local = step.action {
        reasons.append("\"\(step.name)\" is local: it is done at once, and a time-out means nothing")
      }
    }
    if let retry = step.retry {
      if retry.limit < 1 {
        reasons.append("\"\(step.name)\" is retriable, but at most \(retry.limit) times: allow one or more")
      }
      if let fault = retry.backOff.fault { reasons.append("\"\(step.name)\": \(fault)") }
    }
    if step.leavesNothing, step.undo != nil {
      reasons.append("\"\(step.name)\" changes nothing, yet has an undo: one of the two is wrong")
    }
    return reasons
  }

  private var pivotReasons: [String] {
    let pivots = places.filter(\.step.isPivot)
    guard let pivot = pivots.first else { return [] }
    var reasons: [String] = []
    if pivots.count > 1 {
      let names = pivots.map { "\"\($0.step.name)\"" }.joined(separator: " and ")
      reasons.append("\(names) are all pivots: there is one point of no return")
    }
    for pivot in pivots where stages[pivot.stage].isGroup {
      reasons.append(
        "the pivot \"\(pivot.step.name)\" stands in a parallel group: it would be passed while the others can still fail,"
          + " put it behind the group")
    }
    for place in places where place.stage > pivot.stage && !place.step.isPivot && place.step.action != nil {
      if place.step.retry == nil {
        reasons.append(
          "\"\(place.step.name)\" comes after the pivot \"\(pivot.step.name)\" and is not retriable: if it failed, the saga"
            + " could go neither forward nor back")
      }
    }
    for place in places where place.stage > pivot.stage && !place.step.isPivot && place.step.undo != nil {
      reasons.append(
        "\"\(place.step.name)\" comes after the pivot \"\(pivot.step.name)\" and has an undo, which would never be used"
      )
    }
    return reasons
  }

  private func undoReasons(_ place: Place) -> [String] {
    let step = place.step
    guard step.action != nil, step.undo == nil, !step.leavesNothing, place.stage <= pivot?.stage ?? .max else {
      return []
    }
    var reasons: [String] = []
    let later = places.first { $0.step.name != step.name && $0.stage >= place.stage && $0.step.canFail }
    if !step.isPivot, let later {
      reasons.append(
        "nothing undoes \"\(step.name)\" when \"\(later.step.name)\" fails: give it an undo, or say that it changes nothing"
      )
    }
    if step.timeout != nil, !step.isPivot, step.retry == nil {
      reasons.append(
        "\"\(step.name)\" has a time-out, after which its outcome is unknown, but nothing undoes it: give it an undo,"
          + " or make it the pivot or retriable")
    }
    return reasons
  }
}
