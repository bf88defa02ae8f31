internal import GRDB
internal import TraceModel

extension SagaRun {
  mutating func receive(_ reply: SagaReply) throws {
    guard let position = steps.firstIndex(where: { $0.name == reply.step }) else {
      return drop(reply, "no step has this name")
    }
    let row = steps[position]
    if row.request > 0, reply.request == id(position, "do", row.request) {
      try receive(reply, toActionAt: position)
    } else if row.undoRequest > 0, reply.request == id(position, "undo", row.undoRequest) {
      try receive(reply, toUndoAt: position)
    } else {
      drop(reply, "another reply came first")
    }
  }

  private mutating func receive(_ reply: SagaReply, toActionAt position: Int) throws {
    let destination = definition.steps[position].action?.destination
    switch steps[position].action {
    case .sent where saga.state.isEnded, .waiting where saga.state.isEnded, .exhausted where saga.state.isEnded:
      // Somebody ended it by hand.
      verdict = .late
      saga.late += 1
      note(.received, reply.step, text: "late: \(text(of: reply))", hop: context.trace.ltxid)
      steps[position].action = reply.isSuccess ? .done : .failed
      try noteLocks(reply, from: destination)
    case .sent, .waiting, .exhausted:
      note(.received, reply.step, text: text(of: reply), hop: context.trace.ltxid)
      try noteLocks(reply, from: destination)
      try settle(reply, at: position)
    case .skipped where steps[position].isOpen:
      // Somebody passed it over, and it was done after all: what it locked must not stay so.
      verdict = .late
      saga.late += 1
      note(.received, reply.step, text: "late: \(text(of: reply))", hop: context.trace.ltxid)
      steps[position].isOpen = false
      try noteLocks(reply, from: destination)
    case .unknown where steps[position].isOpen:
      verdict = .late
      saga.late += 1
      note(.received, reply.step, text: "late: \(text(of: reply))", hop: context.trace.ltxid)
      try noteLocks(reply, from: destination)
      // Its undo is under way, or done: that takes the action back, whenever it happened.
      if steps[position].undo == .none { try settle(reply, at: position) } else { steps[position].isOpen = false }
    default:
      drop(reply, "another reply came first")
    }
  }

  private mutating func settle(_ reply: SagaReply, at position: Int) throws {
    try definition.steps[position].replyHandler?(&data, reply)
    if reply.isSuccess { succeed(position) } else { try fail(position, because: reply.reason) }
    try resume()
  }

  private mutating func receive(_ reply: SagaReply, toUndoAt position: Int) throws {
    guard steps[position].undo == .sent || steps[position].undo == .unanswered else {
      return drop(reply, "another reply came first")
    }
    note(.received, reply.step, text: "undo \(text(of: reply))", hop: context.trace.ltxid)
    try noteLocks(reply, from: definition.steps[position].undo?.destination)
    if reply.isSuccess { succeedUndo(position) } else { try refuseUndo(position, because: reply.reason) }
    try resume()
  }

  /// What the saga was stuck for may have been answered after all.
  private mutating func resume() throws {
    guard saga.state == .stuck, !steps.contains(where: \.isStuck) else { return }
    try become(saga.isBackward ? .compensating : .running)
  }

  private mutating func drop(_ reply: SagaReply, _ reason: String) {
    verdict = .duplicate
    saga.duplicates += 1
    note(.received, reply.step, text: "dropped, \(reason): \(text(of: reply))", hop: context.trace.ltxid)
  }

  private func text(of reply: SagaReply) -> String { reply.isSuccess ? "ok" : "refused: \(reply.reason)" }

  // MARK: By the clock

  /// Does what is due.
  mutating func wake() throws {
    for position in steps.indices {
      guard let due = steps[position].due, due <= now else { continue }
      if steps[position].undo == .sent {
        try timeOutUndo(position)
      } else if steps[position].action == .waiting {
        // It turns round below, and is not begun any more.
        guard !saga.isBackward else { continue }
        note(.timer, steps[position].name, text: "tried again")
        try attempt(position)
      } else {
        try timeOut(position)
      }
    }
  }
}
