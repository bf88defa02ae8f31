internal import Operations
internal import Simulation

/// What faults do to the key-value store.
extension FaultSwitchboard {
  /// Nanoseconds that a command takes longer.
  func keyValueSlowness() -> Int64 {
    guard !entries.isEmpty else { return 0 }
    var slow: Int64 = 0
    for index in entries.indices {
      if case .slowConsumer(let delay) = entries[index].fault.spec.kind, strikesStore(index) { slow += delay }
    }
    return slow
  }

  func isKeyValueStoreDown() -> Bool { isStore(.down) }

  /// Whether there is no room for a write.
  func isKeyValueStoreFull() -> Bool { isStore(.full) }

  private func isStore(_ kind: FaultKind) -> Bool {
    for index in entries.indices where entries[index].fault.spec.kind == kind {
      if strikesStore(index) { return true }
    }
    return false
  }

  private func strikesStore(_ index: Int) -> Bool {
    guard entries[index].fault.isOn, entries[index].fault.spec.target == .keyValueStore else { return false }
    let share = entries[index].fault.spec.scope.share
    guard share >= 1 || entries[index].random.happens(share) else { return false }
    entries[index].fault.hits += 1
    return true
  }
}
