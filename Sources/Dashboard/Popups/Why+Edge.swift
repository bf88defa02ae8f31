import Drawing
import Operations
import Widgets

// MARK: - A route

extension Why {
  /// A line of a gateway's table: what it asks of a request, and what has come by it.
  init?(route id: String, at name: String, _ context: PageContext) {
    guard let gateway = context.snapshot.edge.gateway(name), let route = gateway.routes.first(where: { $0.id == id })
    else { return nil }
    let goal = route.topic.map { "topic \($0)" } ?? route.service
    self.init(
      title: [Run(visible(route.pattern), .strong, bold: true), Run(" → \(visible(goal))", .muted)],
      rule:
        "The first line of the table whose path, method and conditions fit takes the request. Filters run before it,"
        + " in order, and each may turn it away.",
      place: route.topic.map { .topics(selected: $0) } ?? .service(route.service))
    if !route.summary.isEmpty { add("does", visible(route.summary)) }
    if !route.conditions.isEmpty { add("takes", route.conditions.map(visible).joined(separator: ", ")) }
    add("with", route.settings.isEmpty ? "nothing of its own" : route.settings.map(visible).joined(separator: ", "))
    if !gateway.filters.isEmpty { add("filters", gateway.filters.map(visible).joined(separator: ", ")) }
    add("calls", Self.count(route.calls))
    add("refused", Self.count(route.refused), route.refused > 0 ? .degraded : .text)
    add("answered with 500 or more", Self.count(route.errors), route.errors > 0 ? .failing : .text)
    if let service = context.snapshot.service(route.service), service.health != .up {
      let mark = service.health.mark
      add(
        visible(service.name), service.reason.isEmpty ? mark.word : "\(mark.word): \(visible(service.reason))", mark.ink
      )
    }
    addVersions(of: gateway)
  }

  private mutating func addVersions(of gateway: EdgeGateway) {
    let running = gateway.versions.filter(\.isUp)
    guard let newest = running.map(\.version).max() else { return }
    let late = running.filter { $0.version < newest }
    add("table", "version \(newest)" + (late.isEmpty ? ", at all instances" : ""))
    for instance in late { add(visible(instance.instance), "still version \(instance.version)", .degraded) }
  }

  private static func count(_ value: UInt64) -> String { Figures.count(Int(clamping: value)).text }
}

// MARK: - Who was turned away

extension Why {
  init?(refusal reason: String, at name: String, _ context: PageContext) {
    guard let gateway = context.snapshot.edge.gateway(name),
      let refusal = gateway.refusals.first(where: { $0.reason == reason })
    else { return nil }
    self.init(
      title: [Run("\(refusal.status)", .degraded, bold: true)]
        + [Run("  \(visible(reason.replacing("-", with: " ")))", .strong, bold: true)]
        + [Run(" at \(visible(name))", .muted)],
      rule: refusal.meaning.isEmpty ? "A filter of the gateway turned the request away." : visible(refusal.meaning),
      place: .platform(.clients))
    add("times", Self.count(refusal.count))
    let lines = gateway.accessLog.filter { $0.reason == reason }
    for line in lines.prefix(3) {
      let client = line.client.isEmpty ? "" : " by \(visible(line.client))"
      add(context.clock(line.time), "\(visible(line.method)) \(visible(line.path))\(client): \(line.status)")
    }
    if lines.isEmpty { add("lately", "none of the newest requests", .muted) }
  }
}

// MARK: - Which version a service runs

extension Why {
  init?(configurationOf name: String, _ context: PageContext) {
    guard let configuration = context.snapshot.configuration, let service = context.snapshot.service(name) else {
      return nil
    }
    let running = service.instances.filter { $0.health != .down }
    let late = running.filter { $0.configurationVersion != configuration.version }
    let mark: Mark = late.isEmpty ? .healthy : .degraded
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(name), .strong, bold: true)]
        + [Run("  \(running.count - late.count) of \(running.count) run version \(configuration.version)", .muted)],
      rule:
        "A new version is pushed to every instance that runs; none restarts. One that cannot be reached goes on with"
        + " what it has, and is told again until it answers.", place: .platform(.configuration))
    for instance in service.instances {
      if instance.health == .down {
        add(visible(instance.name), instance.reason.isEmpty ? "down" : "down: \(visible(instance.reason))", .failing)
      } else if let version = instance.configurationVersion {
        add(visible(instance.name), "version \(version)", version == configuration.version ? .text : .degraded)
      } else {
        add(visible(instance.name), "has none yet: it runs with its defaults", .degraded)
      }
    }
    let own = configuration.entries.filter { $0.key.hasPrefix(name + ".") }
    for entry in own { add(visible(entry.key), visible(entry.value)) }
    if own.isEmpty { add("settings", "none of its own", .muted) }
    for fault in context.snapshot.faults.armed(on: name) where fault.isOn {
      add("we broke it", fault.spec.description, .fault)
    }
  }
}
