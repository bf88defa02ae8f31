internal import GRDB

extension SagaRun {
  /// Begins the stage whose turn it is, or goes to the next one.
  /// - Returns: false when there is nothing to do but wait.
  mutating func advance() throws -> Bool {
    let stage = definition.stages[saga.stage]
    for position in stage where steps[position].action == .pending {
      try begin(position)
      // Who stands behind one that has failed is not begun.
      guard saga.state == .running else { return true }
    }
    guard stage.allSatisfy({ steps[$0].action == .done || steps[$0].action == .skipped }) else { return false }
    if saga.stage + 1 == definition.stages.count {
      try finish(.completed)
    } else {
      saga.stage += 1
    }
    return true
  }

  private mutating func begin(_ position: Int) throws {
    let step = definition.steps[position]
    if let condition = step.condition, !condition(data) {
      steps[position].action = .skipped
      note(.state, step.name, text: "passed over: its condition does not hold")
    } else if step.action == nil {
      // What was there before the saga is undone with it.
      steps[position].action = step.undo == nil ? .skipped : .done
    } else {
      try attempt(position)
    }
  }

  /// Carries the action out, or has it carried out.
  mutating func attempt(_ position: Int) throws {
    let step = definition.steps[position]
    steps[position].attempts += 1
    steps[position].started = steps[position].started ?? now
    steps[position].due = nil
    switch step.action {
    case nil: preconditionFailure("\(step.name) has no action to attempt")
    case .local(let body):
      let isFirst = isNew && steps[..<position].allSatisfy { $0.sends == 0 && $0.action != .done }
      if let error = try runLocally(body) {
        if isFirst { throw error }
        note(.local, step.name, text: "refused: \(error)")
        try fail(position, because: "\(error)")
      } else {
        note(.local, step.name, text: "done")
        succeed(position)
      }
    case .remote(let command):
      steps[position].action = .sent
      steps[position].due = step.timeout.map { now.saturatingAdding($0) }
      try send(command, at: position)
    }
  }

  /// - Returns: why it refused; then what it did is gone.
  mutating func runLocally(_ body: SagaAction<Data>.Local) throws -> (any Error)? {
    var changed = data
    let refusal = try database.takingBackRefusals { try body(&changed, context, database) }
    if refusal == nil { data = changed }
    return refusal
  }

  mutating func succeed(_ position: Int) {
    steps[position].action = .done
    steps[position].finished = now
    steps[position].due = nil
    steps[position].isOpen = false
    steps[position].reason = ""
  }

  /// The action was refused, so it had no effect.
  mutating func fail(_ position: Int, because reason: String) throws {
    steps[position].reason = reason
    steps[position].isOpen = false
    steps[position].request = 0
    steps[position].due = nil
    if !saga.isBackward, definition.steps[position].retry != nil {
      try retryLater(position, because: reason)
    } else {
      steps[position].action = .failed
      steps[position].finished = now
      try turnRound(because: "\(steps[position].name): \(reason)")
    }
  }

  /// The action was not answered, so its outcome is unknown.
  mutating func timeOut(_ position: Int) throws {
    let step = definition.steps[position]
    let reason = "no reply in \(Duration.nanoseconds(step.timeout ?? 0))"
    note(.timer, step.name, text: reason + ": its outcome is unknown")
    steps[position].reason = reason
    steps[position].isOpen = true
    steps[position].due = nil
    if !saga.isBackward, step.retry != nil || (step.isPivot && step.undo == nil) {
      try retryLater(position, because: reason)
    } else {
      steps[position].action = .unknown
      steps[position].finished = now
      try turnRound(because: "\(step.name): \(reason), its outcome is unknown")
    }
  }

  private mutating func retryLater(_ position: Int, because reason: String) throws {
    let retry = definition.steps[position].retry
    let attempts = steps[position].attempts
    if attempts <= retry?.limit ?? settings.undoRetries {
      steps[position].action = .waiting
      steps[position].due = now.saturatingAdding((retry?.backOff ?? settings.undoBackOff).wait(after: attempts))
    } else {
      steps[position].action = .exhausted
      try stop("\(steps[position].name): \(reason), after \(attempts) attempts")
    }
  }

  private mutating func turnRound(because reason: String) throws {
    guard !saga.isBackward else { return }
    saga.isBackward = true
    try become(.compensating, because: reason)
  }
}

extension Int64 {
  fileprivate func saturatingAdding(_ other: Int64) -> Int64 {
    let (sum, overflows) = addingReportingOverflow(other)
    return overflows ? .max : sum
  }
}

extension Database {
  /// Runs `body`; when it throws, what it did is taken back, and the transaction goes on.
  /// - Returns: what it threw.
  /// - Throws: `DatabaseError`: then the transaction cannot be relied on.
  func takingBackRefusals(_ body: () throws -> Void) throws -> (any Error)? {
    try run("SAVEPOINT saga_step")
    do {
      try body()
    } catch let error as DatabaseError {
      throw error
    } catch {
      try run("ROLLBACK TO saga_step")
      try run("RELEASE saga_step")
      return error
    }
    try run("RELEASE saga_step")
    return nil
  }
}
