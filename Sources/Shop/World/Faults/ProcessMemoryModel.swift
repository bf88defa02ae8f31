internal import Simulation

/// How much memory a process holds: what it needs to run, what each call that is open takes, and what it has lost.
enum ProcessMemoryModel {
  /// Bytes at rest, and for each open call.
  static let atRest: Int64 = 96_000_000
  static let perCall: Int64 = 200_000
  /// Where the kernel ends it.
  static let limit: Int64 = 512_000_000
}

extension ServiceProcess {
  /// In bytes.
  var memory: Int64 { ProcessMemoryModel.atRest + Int64(openCalls) * ProcessMemoryModel.perCall + leaked }

  /// Gives the pool the connections that faults leave it.
  func fitPool() {
    let service = instance.service.name
    let planned = configurationInUse.value.pool(of: service) ?? instance.service.plan.store?.connections ?? 0
    database?.resize(
      to: world.faults.connections(of: service, instance: instance.number, planned: planned))
  }
}

extension ServiceInstance {
  /// Nanoseconds by which its clock is ahead.
  var clockOffset: Int64 { world.faults.skew(of: service.name, instance: number) }

  /// What its clock says.
  var now: Int64 { world.time.now + clockOffset }

  /// The kernel ends the process; whoever watches over it starts it again.
  func runOutOfMemory() {
    fail(because: "out of memory")
  }
}
