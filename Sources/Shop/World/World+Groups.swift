internal import EventBus
internal import Operations
internal import Simulation

/// What becomes of those who read from the bus together.
extension World {
  func groupChanged(_ event: GroupEvent) {
    switch event.kind {
    case .rebalanceCompleted(let members, _):
      // Who comes first has to be given something, too: no partition has moved.
      if event.generation == 1 { return began(event) }
      counters.rebalances += 1
      tell(event, .info, "generation \(event.generation)", because: Count.of(members, "member"))
    case .memberLeft(let member, let reason): tell(event, .warning, "\(member) left", because: reason)
    default: break
    }
  }

  private func tell(
    _ event: GroupEvent, _ severity: OperationalEvent.Severity, _ change: String, because reason: String
  ) {
    let subject = "\(event.group)/\(ShopPlan.firstTopic(of: event.group))"
    tell(
      OperationalEvent(
        time: time.now, kind: .rebalance, severity: severity, subject: subject, change: change, reason: reason))
  }

  /// When the shop opens all groups begin at once, which is one thing to tell. They have a second for that.
  private func began(_ event: GroupEvent) {
    groupsBegun.append(event)
    guard groupsBegun.count == 1 else { return }
    time.after(1_000_000_000) { [unowned self] in
      let begun = groupsBegun
      groupsBegun = []
      let members = begun.reduce(0) { sum, event in
        if case .rebalanceCompleted(let members, _) = event.kind { sum + members } else { sum }
      }
      if begun.count == 1 { return tell(begun[0], .info, "generation 1", because: Count.of(members, "member")) }
      tell(
        OperationalEvent(
          time: time.now, kind: .rebalance, severity: .info, subject: "bus",
          change: "\(begun.count) groups read, generation 1", reason: Count.of(members, "member")))
    }
  }
}
