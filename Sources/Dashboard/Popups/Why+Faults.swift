import Drawing
import Operations
import Widgets

/// What is broken, and what could be.
extension Why {
  init(_ fault: ArmedFault, _ context: PageContext) {
    title = [Run("\(Glyphs.fault) ", .fault, bold: true), Run(fault.spec.description, .strong, bold: true)]
    rule = "Somebody armed it: \(fault.spec.kind.name.explanation)."
    place = .faults(selected: fault.spec.target.service)
    add("state", fault.isOn ? "on" : "switched off, its settings kept", fault.isOn ? .fault : .muted)
    add("armed at", context.clock(fault.armedAt))
    if let ends = fault.endsAt { add("ends in", Figures.duration(max(0, -context.since(ends))).text) }
    add("touches", Figures.rate(fault.touches).text)
    add("has hurt", "\(Figures.count(Int(clamping: fault.hits)).text) calls, records or instances")
    add("since then", "\(fault.openedSince) breakers opened, \(fault.compensatedSince) transactions compensated")
  }

  /// What would happen to the target, and how that is typed.
  init(_ kind: FaultKind.Name, on target: FaultTarget, _ context: PageContext) {
    let catalogue = context.snapshot.faults.catalogue
    title = [
      Run("\(Glyphs.fault) ", .fault, bold: true), Run(kind.title, .strong, bold: true),
      .muted(" on \(FaultText.name(of: target))"),
    ]
    rule = "What it would be: \(catalogue.explanation(of: kind, on: target))."
    place = .faults(selected: target.service)
    if let obstacle = catalogue.obstacle(to: kind, on: target) {
      add("not here", obstacle, .muted)
    } else {
      let spec = FaultSpec(target: target, kind: kind.usual, timeToLive: FaultMenuSettings.times.first ?? nil)
      add("typed", ":fault \(spec)")
    }
    for fault in context.snapshot.faults.armed(on: target.service) where fault.spec.kind.name == kind {
      add(fault.isOn ? "armed" : "off", fault.spec.description, .fault)
    }
    let points = catalogue.services.first { $0.name == target.service }?.crashPoints ?? []
    guard kind == .crash, let first = points.first else { return }
    add("at a point", "simulate --crash \(target):\(first.name) strikes exactly there, of these points of its work:")
    for point in points { add("  \(point.name)", point.explanation) }
  }
}
