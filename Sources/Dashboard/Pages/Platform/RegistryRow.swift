import Drawing
import Operations
import Widgets

/// An instance as the registry has it, beside how it is.
struct RegistryRow {
  let service: String
  /// `payment-2:41873`
  let id: String
  let lease: RegistrySnapshot.Lease?
  /// Nil when there is no such process (any more).
  let instance: InstanceSnapshot?
  let registry: RegistrySnapshot?

  /// Those where the two do not agree first.
  static func all(_ snapshot: SystemSnapshot) -> [RegistryRow] {
    var leases: [String: RegistrySnapshot.Lease] = [:]
    var order: [String] = []
    func key(_ service: String, _ id: String) -> String { "\(service)\n\(id)" }
    for lease in snapshot.registry?.leases ?? [] {
      let key = key(lease.service, lease.id)
      if leases.updateValue(lease, forKey: key) == nil { order.append(key) }
    }
    var rows: [RegistryRow] = []
    for service in snapshot.services where !service.isOutside {
      for instance in service.instances {
        let id = instance.port > 0 ? "\(instance.name):\(instance.port)" : instance.name
        let lease = leases.removeValue(forKey: key(service.name, id))
        rows.append(
          RegistryRow(service: service.name, id: id, lease: lease, instance: instance, registry: snapshot.registry))
      }
    }
    for lease in order.compactMap({ leases[$0] }) {
      rows.append(
        RegistryRow(service: lease.service, id: lease.id, lease: lease, instance: nil, registry: snapshot.registry))
    }
    return rows.enumerated().sorted { one, other in
      let (left, right) = (one.element.urgency, other.element.urgency)
      if left != right { return left > right }
      let names = (one.element.service, other.element.service)
      return names.0 != names.1 ? names.0 < names.1 : one.offset < other.offset
    }.map(\.element)
  }

  private var isUp: Bool { instance.map { $0.health != .down } ?? false }
  private var isListed: Bool { lease?.status == "UP" }
  /// It takes no calls, as somebody wants it, and callers know.
  private var isDraining: Bool { instance?.health == .outOfService && !isListed }

  /// 2: callers are misled. 1: nearly so. 0: the two agree.
  var urgency: Int {
    if registry == nil || isDraining { return 0 }
    if isListed != isUp, lease?.status != "STARTING" {
      return lease?.status == "OUT_OF_SERVICE" || !isListed && !isUp ? 1 : 2
    }
    return isLate || (lease?.remaining ?? 0) < 0 ? 1 : 0
  }

  /// It has left out a heartbeat: there are about three in a lease.
  private var isLate: Bool {
    guard let lease else { return false }
    let (length, overflows) = lease.sinceRenewal.addingReportingOverflow(lease.remaining)
    return !overflows && length > 0 && Double(lease.sinceRenewal) > 0.4 * Double(length)
  }

  var mark: Mark {
    if registry == nil { return .unknown }
    return urgency == 2 ? .failing : urgency == 1 ? .degraded : isDraining ? .draining : .healthy
  }

  /// What follows from it, in a few words; empty when nothing does.
  var meaning: String {
    guard registry != nil else { return "" }
    if isDraining { return "out of service, as it should be" }
    switch (lease?.status, isUp) {
    case ("UP", true): return (lease?.remaining ?? 0) < 0 ? "its lease has ended" : isLate ? "left out a heartbeat" : ""
    case ("UP", false):
      if instance == nil { return "no process has this port now" }
      // Who runs renews its lease, however unwell it is.
      if instance?.workers != nil { return "fails its checks, and is called" }
      return registry?.isSelfPreserving == true
        ? "gone, and spared: still called" : "gone, and called until evicted"
    case (nil, true): return "not listed: nobody calls it"
    case (nil, false): return "down, and no longer listed"
    case (_, true): return "takes no calls"
    case (_, false): return "down"
    }
  }

  static func columns(longest: Int, isWide: Bool) -> [TableColumn] {
    [
      TableColumn("instance", .share(minimum: min(longest, isWide ? 30 : 20) + 2, maximum: longest + 2)),
      TableColumn("registry", .fit(minimum: 8)), TableColumn("real state", .fit(minimum: 10)),
      TableColumn("calls/s", .fit(minimum: 7), align: .right, priority: 4),
      TableColumn("heartbeat", .fit(minimum: 9), align: .right),
      TableColumn("lease left", .fit(minimum: 10), align: .right, priority: 1),
      TableColumn("listed", .fit(minimum: 6), align: .right, priority: 3),
      TableColumn("version", .fit(minimum: 7), priority: 5), TableColumn("zone", .fit(minimum: 4), priority: 6),
      TableColumn("what it means", .share(minimum: 30), priority: 2),
    ]
  }

  var cells: [TableCell] {
    let isBad = urgency > 0
    return [
      .runs([Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(id), isBad ? .strong : .text, bold: isBad)]),
      listed, real, calls, heartbeat, left,
      lease.map { .figure(Figures.age($0.age), .muted) } ?? .text("–", .faint),
      .text(lease?.version ?? instance?.version ?? "–", .muted), .text(lease?.zone ?? "–", .muted),
      .runs([Run(visible(meaning), mark.ink)]),
    ]
  }

  private var listed: TableCell {
    guard let lease else { return .text("–", .faint) }
    return .text(lease.status, isBad(lease) ? mark.ink : .muted, bold: urgency == 2)
  }

  private func isBad(_ lease: RegistrySnapshot.Lease) -> Bool { urgency > 0 && lease.status != "UP" || urgency == 2 }

  private var real: TableCell {
    guard let instance else {
      return .runs([Run(Mark.failing.glyph + " ", .failing, bold: true), Run("gone", .failing)])
    }
    return .runs(instance.health == .up ? instance.health.mark.quiet : instance.health.mark.long)
  }

  /// How the calls are shared out.
  private var calls: TableCell {
    guard let rate = instance?.rate else { return .unknown }
    return .figure(Figures.rate(rate, unit: ""), rate == 0 ? .faint : .text)
  }

  private var heartbeat: TableCell {
    guard let lease else { return .unknown }
    return .figure(Figures.age(lease.sinceRenewal), isLate ? .degraded : .text, bold: isLate)
  }

  private var left: TableCell {
    guard let lease else { return .unknown }
    if lease.remaining < 0 { return .text("ended", .failing, bold: true) }
    let second: Int64 = 1_000_000_000
    let isLong = lease.remaining >= 60 * second
    let left = isLong ? Figures.duration(lease.remaining / second * second) : Figures.age(lease.remaining)
    return .figure(left, isLate ? .degraded : .muted)
  }
}
