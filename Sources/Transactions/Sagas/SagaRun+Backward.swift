internal import GRDB

extension SagaRun {
  /// Undoes the last step that is not undone yet: one at a time, in reverse order.
  /// - Returns: false when there is nothing to do but wait.
  mutating func retreat() throws -> Bool {
    for position in steps.indices where steps[position].action == .waiting || steps[position].action == .exhausted {
      steps[position].action = steps[position].isOpen ? .unknown : .failed
      steps[position].finished = now
      steps[position].due = nil
    }
    // Those of the same group may still do something: first it must be known what.
    guard !steps.contains(where: { $0.action == .sent }) else { return false }
    guard let position = steps.lastIndex(where: \.needsUndo) else {
      try finish(.rolledBack)
      return true
    }
    guard steps[position].undo == .none else { return false }
    try attemptUndo(position)
    return true
  }

  mutating func attemptUndo(_ position: Int) throws {
    let step = definition.steps[position]
    guard let undo = step.undo else {
      steps[position].undo = .skipped
      return
    }
    steps[position].undoAttempts += 1
    steps[position].undoStarted = steps[position].undoStarted ?? now
    switch undo {
    case .local(let body):
      if let error = try runLocally(body) {
        note(.local, step.name, text: "undo refused: \(error)")
        try refuseUndo(position, because: "\(error)")
      } else {
        note(.local, step.name, text: "undone")
        succeedUndo(position)
      }
    case .remote(let command):
      steps[position].undo = .sent
      let (due, overflows) = now.addingReportingOverflow(
        settings.undoBackOff.wait(after: steps[position].undoAttempts))
      steps[position].due = overflows ? .max : due
      try sendUndo(command, at: position)
    }
  }

  mutating func succeedUndo(_ position: Int) {
    steps[position].undo = .done
    steps[position].undoFinished = now
    steps[position].due = nil
  }

  mutating func refuseUndo(_ position: Int, because reason: String) throws {
    steps[position].undo = .refused
    steps[position].undoRequest = 0
    steps[position].due = nil
    try stop("the undo of \(steps[position].name) was refused: \(reason)")
  }

  /// The undo was not answered in its time.
  mutating func timeOutUndo(_ position: Int) throws {
    let attempts = steps[position].undoAttempts
    note(.timer, steps[position].name, text: "no reply to its undo, sent \(attempts) times")
    if attempts <= settings.undoRetries {
      try attemptUndo(position)
    } else {
      steps[position].undo = .unanswered
      steps[position].due = nil
      try stop("the undo of \(steps[position].name) was not answered: sent \(attempts) times")
    }
  }

  // MARK: By hand

  /// Takes what is awaited for lost. On the way back an action of unknown outcome is undone like any other; all else
  /// stops the saga.
  /// - Returns: false when nothing is awaited.
  mutating func giveUp(because reason: String) throws -> Bool {
    var lost = false
    for position in steps.indices {
      let isUndo = steps[position].undo == .sent
      guard isUndo || steps[position].action == .sent || steps[position].action == .waiting else { continue }
      lost = true
      note(.operator, steps[position].name, text: "not waited for any more: \(reason)")
      steps[position].due = nil
      if isUndo {
        steps[position].undo = .unanswered
      } else {
        if steps[position].action == .sent { steps[position].isOpen = true }
        steps[position].reason = reason
        steps[position].action = saga.isBackward ? .unknown : .exhausted
      }
    }
    if steps.contains(where: \.isStuck) { try stop(reason) }
    return lost
  }

  mutating func retryStuckSteps() throws {
    for position in steps.indices where steps[position].isStuck {
      let isUndo = steps[position].action != .exhausted
      note(.operator, steps[position].name, text: isUndo ? "its undo is tried again" : "tried again")
      if isUndo {
        steps[position].undoAttempts = 0
        steps[position].undo = .none
        // It is the last one that needs it: what comes next sends it.
      } else {
        steps[position].attempts = 0
        steps[position].action = .waiting
      }
    }
    try become(saga.isBackward ? .compensating : .running)
    for position in steps.indices where steps[position].action == .waiting && steps[position].attempts == 0 {
      try attempt(position)
    }
  }

  mutating func skipStuckSteps() throws {
    for position in steps.indices where steps[position].isStuck {
      note(.operator, steps[position].name, text: "passed over")
      skip(position)
    }
    try become(saga.isBackward ? .compensating : .running)
  }

  mutating func end(because reason: String) throws {
    note(.operator, text: "ended: \(reason)")
    for position in steps.indices where steps[position].isStuck { skip(position) }
    try finish(saga.isBackward ? .rolledBack : .completed, because: "ended by hand: \(reason)")
  }

  private mutating func skip(_ position: Int) {
    if steps[position].action == .exhausted {
      steps[position].action = .skipped
      steps[position].finished = now
    } else {
      steps[position].undo = .skipped
      steps[position].undoFinished = now
    }
    steps[position].due = nil
  }
}
