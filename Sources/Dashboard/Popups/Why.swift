import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// Why something is as it is: the rule, and the facts that it was applied to.
struct Why: Sendable {
  /// The thing and its state.
  var title: [Run]
  /// The rule, in a sentence.
  var rule: String
  /// Each a paragraph.
  var facts: [[Run]] = []
  /// Where it is shown.
  var place: Destination?

  init(title: [Run], rule: String, place: Destination?) {
    (self.title, self.rule, self.place) = (title, rule, place)
  }

  /// Nil when the thing is no longer there.
  init?(_ subject: Subject, _ context: PageContext) {
    let snapshot = context.snapshot
    switch subject {
    case .service(let name), .instance(let name, _):
      guard let service = snapshot.service(name) else { return nil }
      self.init(service, context)
    case .breaker(let id):
      guard let breaker = snapshot.breaker(id) else { return nil }
      self.init(breaker, context)
    case .topic(let name):
      guard let topic = snapshot.topic(name) else { return nil }
      self.init(topic, topic.groups.first { $0.name == topic.worstGroup }, context)
    case .group(let topic, let name):
      guard let topic = snapshot.topic(topic) else { return nil }
      self.init(topic, topic.groups.first { $0.name == name }, context)
    case .transaction(let id), .span(let id, _):
      let loaded = context.transaction?.summary.gtxid == id ? context.transaction?.summary : nil
      guard let summary = snapshot.transactions.first(where: { $0.gtxid == id }) ?? loaded else { return nil }
      self.init(summary, context)
    case .saga(let id):
      guard let saga = snapshot.sagas.saga(id) else { return nil }
      self.init(saga, context)
    case .fault(let id):
      guard let fault = snapshot.faults.armed.first(where: { $0.id == id }) else { return nil }
      self.init(fault, context)
    case .faultKind(let kind, let target): self.init(kind, on: target, context)
    case .lease(let service, let id): self.init(leaseOf: id, of: service, context)
    case .client(let gateway, let id): self.init(client: id, at: gateway, context)
    case .route(let gateway, let id): self.init(route: id, at: gateway, context)
    case .refusal(let gateway, let reason): self.init(refusal: reason, at: gateway, context)
    case .configuration(let service): self.init(configurationOf: service, context)
    case .reconciliation: self.init(reconciliationIn: context)
    case .revokedToken(let id): self.init(revokedToken: id, context)
    case .setting(let key): self.init(setting: key, context)
    case .deployment(let service): self.init(deploymentOf: service, context)
    case .store(let name): self.init(store: name, context)
    case .keyValues(let name): self.init(keyValues: name, context)
    case .capture(let source): self.init(captureOf: source, context)
    case .join(let group): self.init(joinOf: group, context)
    case .view(let name): self.init(view: name, context)
    case .slider(let name): self.init(slider: name, context)
    case .pools(let name): self.init(poolsOf: name, context)
    case .sharedPool(let server, let instance): self.init(poolOf: instance, at: server, context)
    }
  }

  mutating func add(_ label: String, _ value: String, _ ink: Ink = .text) {
    facts.append([Run(label + "  ", .label), Run(value, ink, bold: ink == .failing)])
  }
}

// MARK: - A service

extension Why {
  private init(_ service: ServiceSnapshot, _ context: PageContext) {
    let mark = service.health.mark
    title = mark.short + [Run(" " + service.name, .strong, bold: true), Run("  \(mark.word)", mark.ink)]
    rule = "A service is as bad as the worst of its indicators: instances, breakers, errors, latency, lag."
    place = .service(service.name)
    if !service.reason.isEmpty { add("because", service.reason, mark.ink) }
    if service.since > 0 { add("since", Figures.age(context.since(service.since)).text) }
    if !service.isOutside {
      let missing = service.instancesUp < service.instancesAll
      add("instances", "\(service.instancesUp) of \(service.instancesAll) up", missing ? .degraded : .text)
    }
    let objective = service.objective
    // It is judged by these, whatever the window that somebody looks at.
    let recently = "in the last \(RedWindow.tenSeconds.words)"
    add(
      "errors",
      "\(Figures.percent(service.errorShare).text) \(recently), promised under \(Figures.percent(objective.errorShare).text)",
      service.errorShare > objective.errorShare ? .failing : .text)
    if let p99 = service.p99 {
      add(
        "p99", "\(Figures.duration(p99).text) \(recently), promised under \(Figures.duration(objective.p99).text)",
        p99 > objective.p99 ? .failing : .text)
    }
    for breaker in context.snapshot.breakers where breaker.caller == service.name && breaker.state != .closed {
      add("breaker", "\(breaker.label) is \(breaker.state.mark.word)", breaker.state.mark.ink)
    }
    if let lag = service.lag, let verdict = service.lagVerdict, verdict != .ok {
      add("lag", "\(Figures.count(Int(clamping: lag)).text) records, \(verdict.rawValue)", verdict.mark.ink)
    }
    for fault in context.snapshot.faults.armed(on: service.name) where fault.isOn {
      add("we broke it", fault.spec.description, .fault)
    }
  }
}

// MARK: - A breaker

extension Why {
  private init(_ breaker: BreakerSnapshot, _ context: PageContext) {
    let settings = breaker.settings
    title = breaker.state.mark.long + [Run("  " + breaker.label, .strong, bold: true)]
    place = .breakers(selected: breaker.id)
    let window = settings.isTimeBased ? "\(settings.windowSize) s" : "\(settings.windowSize) calls"
    let limit = Figures.percent(settings.failureRateThreshold / 100, isWhole: true).text
    rule = "It opens when \(limit) or more of the last \(window) fail, once \(settings.minimumCalls) have been made."
    add("since", Figures.duration(context.since(breaker.since)).text)
    if let newest = breaker.transitions.first, !newest.reason.isEmpty {
      add("last change", "\(newest.from?.mark.word ?? "started") → \(newest.to.mark.word): \(newest.reason)")
    }
    if let rate = breaker.failureRate {
      let ink: Ink = rate >= settings.failureRateThreshold ? .failing : .text
      add("failures", "\(breaker.failed) of \(breaker.buffered) calls, \(Figures.percent(rate / 100).text)", ink)
    } else {
      add("failures", "\(breaker.buffered) of \(breaker.minimumCalls) calls so far, no rate yet", .muted)
    }
    if settings.slowCallDuration > 0, let slow = breaker.slowRate {
      let limit = Figures.duration(settings.slowCallDuration).text
      let most = Figures.percent(settings.slowRateThreshold / 100, isWhole: true).text
      add("slow", "\(Figures.percent(slow / 100).text) took longer than \(limit); \(most) open it, too")
    }
    add("rejected", "\(Figures.count(Int(clamping: breaker.rejected)).text) calls")
    facts.append([Run(next(breaker, context), .strong)])
  }

  private func next(_ breaker: BreakerSnapshot, _ context: PageContext) -> String {
    switch breaker.state {
    case .closed: return "Calls go through."
    case .open:
      guard let trial = breaker.trialFrom else { return "Calls are refused." }
      let wait = -context.since(trial)
      if wait <= 0 { return "Half-open on the next call." }
      return "Half-open on the first call after \(context.clock(trial, .tenths)), in \(Figures.duration(wait).text)."
    case .halfOpen:
      let trial = "\(breaker.trial.count) of \(breaker.settings.trialCalls) trial calls are in"
      return breaker.isStuck ? "\(trial); the others will never come." : "\(trial); they decide."
    case .forcedOpen: return "Somebody opened it; it stays so until it is reset."
    case .disabled: return "It is switched off; calls go through uncounted."
    case .metricsOnly: return "It counts and never opens."
    }
  }
}

// MARK: - A topic, a group

extension Why {
  private init(_ topic: TopicSnapshot, _ group: GroupSnapshot?, _ context: PageContext) {
    let verdict = group?.verdict ?? topic.verdict
    let mark = topic.isAvailable ? verdict?.mark ?? .lagNone : topic.mark
    title = mark.long + [Run("  " + (group.map { "\($0.name) on \(topic.name)" } ?? topic.name), .strong, bold: true)]
    rule = topic.isAvailable ? Self.rule(verdict) : "DOWN: the bus refuses all writers and readers."
    place = .topics(selected: topic.name)
    guard let group else {
      add("groups", "no consumer group reads it", .muted)
      return
    }
    if let verdict, verdict != .ok, let move = context.snapshot.newestMove(of: group.name, on: topic.name) {
      let reason = move.reason.isEmpty ? "" : ": \(visible(move.reason))"
      add("moved", "\(context.clock(move.time))  \(visible(move.change))\(reason)")
    }
    let lines = GroupVerdict(topic: topic, group: group, context: context).lines
    guard topic.isAvailable else {
      for line in lines { add(line.name, line.text, line.ink) }
      for fault in context.snapshot.faults.armed where fault.isOn && fault.spec.target == .broker {
        add("we broke it", fault.spec.description, .fault)
      }
      return
    }
    let lag = group.lag.map { Figures.count(Int(clamping: $0)).text } ?? "–"
    add("lag", group.trend.text.isEmpty ? lag : "\(lag)  \(group.trend.text)", mark.ink)
    add("in, out", "\(Figures.rate(topic.inRate).text), \(Figures.rate(topic.outRate).text)")
    for line in lines { add(line.name, line.text, line.ink) }
    if !group.state.isEmpty {
      let members = group.members.count
      add("group", "\(visible(group.state)), \(Count.of(members, "member"))")
    }
  }

  private static func rule(_ verdict: LagVerdict?) -> String {
    switch verdict {
    case nil: "Nothing is committed yet: there is no lag to judge."
    case .ok: "OK: it commits, and its lag was small or fell in its last 10 commits."
    case .warn: "WARN: the lag grows while records are read."
    case .rewind:
      "REWIND: its offsets went back and have not come up to where they were: what lies between is read again."
    case .stall: "STALL: it commits, but always the same offset."
    case .stop: "STOP: nothing is committed any more, though there is something to read."
    }
  }
}

extension SystemSnapshot {
  /// When somebody last moved a group's offsets on a topic.
  fileprivate func newestMove(of group: String, on topic: String) -> OperationalEvent? {
    events.first { $0.kind == .command && $0.subject == "\(group)/\(topic)" }
  }
}

// MARK: - A transaction, a fault

extension Why {
  static let overdue = "under way for more than \(Figures.duration(TransactionSummary.overdueAfter).text)"

  private init(_ summary: TransactionSummary, _ context: PageContext) {
    title = summary.state.mark.long + [Run("  " + summary.gtxid.short, .accent), Run("  " + summary.kind, .strong)]
    rule = Self.rule(summary.state)
    if [.ok, .error].contains(summary.state), summary.isExternal || context.snapshot.system.isOnlyWatched {
      rule += " From outside, spans are all that is known."
    }
    place = .transaction(summary.gtxid, span: nil)
    if !summary.stuckReason.isEmpty { add("stuck", summary.stuckReason, .failing) }
    if !summary.firstError.isEmpty { add("first error", summary.firstError, .failing) }
    if summary.errors > 0 { add("errors", Figures.count(summary.errors).text) }
    if summary.isOverdue { add("overdue", Self.overdue, .degraded) }
    if !summary.step.isEmpty { add("step", summary.step) }
    if !summary.orderState.isEmpty { add("order", summary.orderState) }
    add("took", "\(Figures.duration(summary.duration).text), \(summary.hops) hops, \(summary.spans) spans")
    if !summary.services.isEmpty { add("services", summary.services.joined(separator: ", ")) }
    if !summary.customerSees.isEmpty { add("the customer sees", summary.customerSees) }
  }

  static func rule(_ state: TransactionState) -> String {
    switch state {
    case .running: "RUNNING: it has not reached an end yet."
    case .committed: "COMMITTED: every step was done."
    case .rejected: "REJECTED: business said no, and there was nothing to undo."
    case .compensating: "COMPENSATING: a step failed, and the steps before it are being undone in reverse."
    case .compensated: "COMPENSATED: a step failed, and the steps before it were undone in reverse."
    case .failed: "FAILED: a technical error, and there was nothing to undo."
    case .stuck: "STUCK: nothing moves it any more; somebody has to."
    case .ok: "OK: no span of it carries an error."
    case .error: "ERROR: a span of it carries an error."
    }
  }
}
