import Drawing
import Operations
import TraceModel
import Widgets

// MARK: - A lease

extension Why {
  /// What the registry has of an instance, beside how it is.
  init?(leaseOf id: String, of service: String, _ context: PageContext) {
    let snapshot = context.snapshot
    guard let row = RegistryRow.all(snapshot).first(where: { $0.service == service && $0.id == id }) else { return nil }
    let state = row.lease.map { visible($0.status) } ?? "not listed"
    self.init(
      title: [Run(row.mark.glyph + " ", row.mark.ink, bold: true), Run(visible(id), .strong, bold: true)]
        + [Run("  \(state)", row.mark.ink)],
      rule:
        "An instance renews its lease with heartbeats. A lease that has ended is evicted, unless fewer renewals came"
        + " in a minute than the threshold: then the registry blames the network and evicts nobody.",
      place: .service(service))
    if !row.meaning.isEmpty { add("so", row.meaning, row.mark.ink) }
    if let lease = row.lease {
      add("last heartbeat", "\(Figures.duration(lease.sinceRenewal).text) ago")
      let left = Figures.duration(lease.remaining).text
      add("lease", lease.remaining < 0 ? "has ended" : "\(left) left", lease.remaining < 0 ? .failing : .text)
      add("listed for", Figures.age(lease.age).text)
    }
    if let instance = row.instance {
      let mark = instance.health.mark
      add("really", instance.reason.isEmpty ? mark.word : "\(mark.word): \(visible(instance.reason))", mark.ink)
    } else {
      add("really", "no such process", .failing)
    }
    addRegistry(snapshot)
  }

  private mutating func addRegistry(_ snapshot: SystemSnapshot) {
    guard let registry = snapshot.registry else {
      add("registry", "down: callers go on with the list that each has kept", .failing)
      return
    }
    let (renewals, threshold) = (registry.renewalsLastMinute, registry.renewalsThreshold)
    add(
      "registry",
      "\(Figures.count(renewals).text) renewals a minute, threshold \(Figures.count(threshold).text): "
        + (registry.isSelfPreserving ? "SELF-PRESERVATION, nobody is evicted" : "who is late is evicted"),
      registry.isSelfPreserving ? .failing : .text)
  }
}

// MARK: - A client, a token

extension Why {
  init?(client id: String, at name: String, _ context: PageContext) {
    guard let gateway = context.snapshot.edge.gateway(name), let client = gateway.clients.first(where: { $0.id == id })
    else { return nil }
    let plan = client.plan.isEmpty ? "" : "  plan \(visible(client.plan))"
    self.init(
      title: [Run(visible(id), .strong, bold: true), Run(" at \(visible(name))\(plan)", .muted)],
      rule: "Each client has a plan: so many calls a second at each instance of a gateway, so many a day, and a price"
        + " for each call and each KB. What is more is answered with 429.", place: .service(name))
    add("calls a second", client.rateLimit.map { "\(Figures.count($0).text) at most" } ?? "any number")
    if let quota = client.quota {
      let isUsed = client.quotaUsed >= quota
      add(
        "calls today", "\(Figures.count(client.quotaUsed).text) of \(Figures.count(quota).text)",
        isUsed ? .failing : .text)
    } else {
      add("calls a day", "any number")
    }
    func count(_ value: UInt64) -> String { Figures.count(Int(clamping: value)).text }
    add("calls", "\(count(client.calls)), \(count(client.sandboxCalls)) in the sandbox")
    add("refused", count(client.refused), client.refused > 0 ? .degraded : .text)
    let (into, out) = (Int(clamping: client.requestBytes), Int(clamping: client.responseBytes))
    add("bytes", "\(Figures.size(bytes: into).text) in, \(Figures.size(bytes: out).text) out")
    add("owes", "\(Figures.count(Int(client.charge / 1_000_000)).text) KRW")
  }

  init?(revokedToken id: String, _ context: PageContext) {
    guard let token = context.snapshot.edge.revoked.first(where: { $0.id == id }) else { return nil }
    self.init(
      title: [Run(Figures.shortID(id), .accent), Run("  revoked", .strong, bold: true)],
      rule: "A token is good until it expires. Its owner has logged out before: until then it is refused, and after"
        + " that nobody needs to remember it.", place: .platform(.clients))
    add("owner", visible(token.user))
    add("forgotten in", Figures.duration(token.timeLeft).text)
  }
}

// MARK: - A setting, a deployment

extension Why {
  init?(setting key: String, _ context: PageContext) {
    guard let configuration = context.snapshot.configuration,
      let entry = configuration.entries.first(where: { $0.key == key })
    else { return nil }
    self.init(
      title: [Run(visible(key), .strong, bold: true), Run("  \(visible(entry.value))", .text)],
      rule: "A new version is pushed to every instance that runs; none restarts. :set back N publishes the values of"
        + " version N as the next one." + Self.effect(of: entry), place: .platform(.configuration))
    for change in configuration.changes where change.hasPrefix(key + " ") {
      add("version \(configuration.version) changed it", visible(change))
    }
    let author = configuration.author.isEmpty ? "" : " by \(visible(configuration.author))"
    add("published", context.clock(configuration.published) + author)
    let isBehind = configuration.upToDate < configuration.instances
    add(
      "version \(configuration.version)", "run by \(configuration.upToDate) of \(configuration.instances) instances",
      isBehind ? .degraded : .text)
  }

  /// A breaker has a history, which a change may cost.
  private static func effect(of entry: ConfigurationSnapshot.Entry) -> String {
    guard !entry.breaker.isEmpty else { return "" }
    return entry.renewsWindow
      ? " The breaker keeps its state; where it is closed, its window begins anew, empty."
      : " The breaker keeps its state and its window."
  }

  init?(deploymentOf service: String, _ context: PageContext) {
    guard let deployment = context.snapshot.deployments.first(where: { $0.service == service }) else { return nil }
    self.init(
      title: PlatformBoard.state(deployment) + [Run("  \(visible(service))", .strong, bold: true)],
      rule: "Instance by instance: drained, taken out of the registry, replaced, listed again, and looked at. When one"
        + " does not become healthy, all go back.", place: .platform(.deployments))
    if !deployment.reason.isEmpty { add("because", visible(deployment.reason), .degraded) }
    if !deployment.version.isEmpty { add("version", visible(deployment.version)) }
    if let target = deployment.target { add("instances", Figures.count(target).text) }
    if let share = deployment.canaryShare {
      add("canary", "\(Figures.percent(share, isWhole: true).text) of the calls")
      add(
        "errors",
        "\(Figures.fraction(deployment.canaryErrors, of: deployment.canaryCalls).text) calls at the new version, "
          + "\(Figures.fraction(deployment.otherErrors, of: deployment.otherCalls).text) at the old one")
    }
    let fewest = deployment.fewestServing
    add("fewest that took calls", Figures.count(fewest).text, fewest == 0 ? .failing : .text)
    add("began", context.clock(deployment.began))
    if let ended = deployment.ended { add("ended", context.clock(ended)) }
  }
}
