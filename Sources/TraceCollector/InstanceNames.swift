/// Which instances are named twice, with their whole address and with a part of it.
struct InstanceNames {
  /// By service, then by host and by port: the first whole address that has it.
  private var hosts: [String: [String: String]] = [:]
  private var ports: [String: [Int32: String]] = [:]

  init(_ instances: [ReportedInstance]) {
    for instance in instances {
      let address = InstanceAddress(instance.instance)
      guard address.isWhole else { continue }
      if hosts[instance.service]?[String(address.host)] == nil {
        hosts[instance.service, default: [:]][String(address.host)] = instance.instance
      }
      if ports[instance.service]?[address.port] == nil {
        ports[instance.service, default: [:]][address.port] = instance.instance
      }
    }
  }

  /// The whole address of an instance that is named by a part of one; nil where none has that part, and where it is whole.
  /// Spans without an instance say nothing of which one they are of.
  func whole(of instance: ReportedInstance) -> String? {
    guard !instance.instance.isEmpty else { return nil }
    let address = InstanceAddress(instance.instance)
    if address.isWhole { return nil }
    return address.host.isEmpty
      ? ports[instance.service]?[address.port] : hosts[instance.service]?[String(address.host)]
  }
}
