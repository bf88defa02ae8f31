internal import Operations
internal import Simulation

/// What faults do to the machine that an instance runs on: its connections, its clock and its memory.
extension FaultSwitchboard {
  // MARK: Connections

  /// How many connections of the planned ones an instance has left.
  func connections(of service: String, instance: Int, planned: Int) -> Int {
    var left = planned
    for entry in entries where entry.fault.isOn {
      guard case .pool(let count) = entry.fault.spec.kind, Self.covers(entry.fault.spec.target, service, instance)
      else { continue }
      left = min(left, count)
    }
    return left
  }

  func fitPools() {
    for instance in world.services.flatMap(\.instances) { instance.process?.fitPool() }
  }

  /// Nobody got a connection in time: is it that the pool was made smaller?
  func notePoolRefusal(_ moment: Moment) {
    for index in entries.indices {
      guard case .pool = entries[index].fault.spec.kind, covers(index, moment) else { continue }
      entries[index].fault.hits += 1
    }
  }

  /// How many connections of the planned ones the shared server accepts.
  func serverConnections(planned: Int) -> Int {
    var accepted = planned
    for entry in entries where entry.fault.isOn {
      if case .maxConnections(let count) = entry.fault.spec.kind { accepted = min(accepted, count) }
    }
    return accepted
  }

  /// The shared server refused a connection: is it that it accepts fewer?
  func noteServerRefusal() {
    for index in entries.indices where entries[index].fault.isOn {
      if case .maxConnections = entries[index].fault.spec.kind { entries[index].fault.hits += 1 }
    }
  }

  // MARK: Clocks

  /// Nanoseconds by which an instance's clock is ahead.
  func skew(of service: String, instance: Int) -> Int64 {
    guard widestSkew > 0 else { return 0 }
    var skew: Int64 = 0
    for entry in entries where entry.fault.isOn {
      guard case .skew(let offset) = entry.fault.spec.kind, Self.covers(entry.fault.spec.target, service, instance)
      else { continue }
      skew += offset
    }
    return skew
  }

  /// A span was begun by a clock that is wrong.
  func noteSkew(of service: String, instance: Int) {
    for index in entries.indices where entries[index].fault.isOn {
      guard case .skew = entries[index].fault.spec.kind,
        Self.covers(entries[index].fault.spec.target, service, instance)
      else { continue }
      entries[index].fault.hits += 1
    }
  }

  // MARK: Memory

  private static let leakInterval: Int64 = 100_000_000

  func startLeaking() {
    guard !isLeaking, hasLeak else { return }
    isLeaking = true
    world.time.after(Self.leakInterval) { [unowned self] in self.leak() }
  }

  private var hasLeak: Bool {
    entries.contains { $0.fault.isOn && $0.fault.spec.kind.name == .leak }
  }

  private func leak() {
    isLeaking = false
    for index in entries.indices where entries[index].fault.isOn {
      guard case .leak(let rate) = entries[index].fault.spec.kind else { continue }
      for instance in world.services.flatMap(\.instances) {
        guard Self.covers(entries[index].fault.spec.target, instance.service.name, instance.number),
          let process = instance.process
        else { continue }
        process.leaked += rate / (1_000_000_000 / Self.leakInterval)
        guard process.memory >= ProcessMemoryModel.limit else { continue }
        entries[index].fault.hits += 1
        instance.runOutOfMemory()
      }
    }
    startLeaking()
  }
}
