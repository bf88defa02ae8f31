internal import EventBus
internal import Operations
internal import Simulation

/// What faults do between a service and the bus.
extension FaultSwitchboard {
  /// Whether an instance cannot reach the bus just now: it is cut off, or the bus itself is down.
  func isOutOfReach(_ moment: Moment) -> Bool {
    guard !entries.isEmpty else { return false }
    for index in entries.indices {
      switch entries[index].fault.spec.kind {
      case .partition where strikes(index, moment): return true
      case .brokerDown where entries[index].fault.isOn:
        entries[index].fault.hits += 1
        return true
      default: break
      }
    }
    return false
  }

  /// Whether there is anything that keeps an instance from the bus, be it now and then. To look at it is no use of the bus:
  /// nothing is counted, and no chance is drawn.
  func mayKeepFromBus(_ moment: Moment) -> Bool {
    entries.indices.contains { index in
      switch entries[index].fault.spec.kind {
      case .partition: covers(index, moment)
      case .brokerDown: entries[index].fault.isOn
      default: false
      }
    }
  }

  /// Whether something that is published without an outbox gets lost on its way.
  func losesPublication(_ moment: Moment) -> Bool {
    for index in entries.indices where entries[index].fault.spec.kind == .loseBeforeOutbox {
      if strikes(index, moment) { return true }
    }
    return false
  }

  /// Whether a record that goes to a topic, or to a group, does so once more.
  func isDuplicated(_ moment: Moment) -> Bool {
    for index in entries.indices {
      guard case .duplicate(let share) = entries[index].fault.spec.kind, covers(index, moment),
        entries[index].random.happens(share)
      else { continue }
      entries[index].fault.hits += 1
      return true
    }
    return false
  }

  /// What poison is to follow a record that was just put on a topic.
  func poison(after record: ProducerRecord, _ moment: Moment) -> [PoisonRecord] {
    var poison: [PoisonRecord] = []
    for index in entries.indices where entries[index].poisonLeft > 0 && covers(index, moment) {
      let count = entries[index].poisonLeft
      entries[index].poisonLeft = 0
      entries[index].fault.hits += UInt64(count)
      for _ in 0..<count { poison.append(PoisonRecord(like: record, &entries[index].random)) }
    }
    return poison
  }

  /// Takes the bus away from everybody, or gives it back. What the operators were to be told meanwhile is told then.
  func applyBrokerDown() {
    let isDown = entries.contains { $0.fault.isOn && $0.fault.spec.kind == .brokerDown }
    world.broker.setAvailable(!isDown, now: world.time.now)
    world.observatory.noteBus(at: world.time.now)
    if !isDown { world.observatory.tellWhatWaited(at: world.time.now) }
  }
}

extension FaultKind {
  /// Records that a poison puts on its topic; 0 for any other kind.
  var poisonCount: Int {
    if case .poison(let count) = self { count } else { 0 }
  }
}
