internal import Operations
internal import Platform

/// What faults do between the machines and the registry.
extension FaultSwitchboard {
  /// Whether an instance cannot reach the registry. Of a share it is the same machines for as long as the fault is there:
  /// a network that is parted, and not one that loses a message now and then.
  func isCutOffFromRegistry(_ instance: ServiceInstance) -> Bool {
    guard !entries.isEmpty, instance.service.name != ShopPlan.registry else { return false }
    for index in entries.indices {
      let fault = entries[index].fault
      guard fault.isOn, fault.spec.kind == .partition, Self.covers(fault.spec.target, ShopPlan.registry, 1) else {
        continue
      }
      let share = TrafficShare(basisPoints: Int((fault.spec.scope.share * 10_000).rounded()))
      guard share.contains(purpose: "partition/\(ShopPlan.registry)", user: instance.name) else { continue }
      entries[index].fault.hits += 1
      return true
    }
    return false
  }
}
