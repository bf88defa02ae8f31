import Drawing
import Operations
import Widgets

/// What is under the cursor, in a line or two: its state, its figures and what is behind them.
struct MapSentence {
  let graph: MapGraph
  let context: PageContext
  let place: Int?
  let arrow: Int?

  func draw(on canvas: inout Canvas, in rect: Rect) {
    guard rect.height > 0 else { return }
    let groups = arrow.map { self.groups(of: graph.edges[$0]) } ?? place.map { self.groups(of: graph.things[$0]) } ?? []
    var left = groups.filter { !$0.isEmpty }[...]
    for line in 0..<rect.height where !left.isEmpty {
      var shown: [[Run]] = []
      while let next = left.first, (shown + [next]).fittingWidth <= rect.width {
        shown.append(next)
        left = left.dropFirst()
      }
      // What is too long for a line of its own is cut.
      if shown.isEmpty, let next = left.popFirst() { shown = [endEllipsis(next, rect.width)] }
      canvas.rich(shown.fitting(rect.width, gap: 3), x: rect.x, y: rect.y + line)
    }
  }

  // MARK: A thing

  private func groups(of thing: MapThing) -> [[Run]] {
    let facts = MapFacts(thing, graph, context.snapshot)
    switch thing {
    case .service(let name): return groups(service: name, facts)
    case .topic(let name): return groups(topic: name, facts)
    case .database(let name):
      let head = [Run(Glyphs.database + " ", facts.ink), Run(middleEllipsis(name, 40), .strong, bold: true)]
      return [head, [.muted("a database: known by those who call it")]] + figures(facts)
    case .team(let name):
      let members = graph.members[name] ?? []
      let head = [
        Run(facts.mark.glyph + " ", facts.mark.ink, bold: true), Run("team \(visible(name))", .strong, bold: true),
      ]
      return [head, [.muted(members.map(visible).joined(separator: ", "))]] + figures(facts) + faults(facts)
    }
  }

  private func groups(service name: String, _ facts: MapFacts) -> [[Run]] {
    let head = facts.mark.short + [Run(" " + middleEllipsis(name, 40), .strong, bold: true)]
    guard let service = context.snapshot.service(name) else { return [head, [.muted("known by its callers alone")]] }
    let (up, all) = (service.instancesUp, service.instancesAll)
    let instances: [Run] =
      service.isOutside
      ? [.muted("not ours")]
      : [Run("\(up)/\(all)", service.lacksInstances ? .degraded : .text, bold: service.lacksInstances), .muted(" up")]
    let reason = facts.reason.isEmpty ? [] : [Run(visible(facts.reason), facts.mark.ink)]
    let team: [Run] = service.team.isEmpty ? [] : [.muted("team "), Run(middleEllipsis(service.team, 20))]
    return [head, reason] + figures(facts) + [instances] + faults(facts) + [team]
  }

  private func figures(_ facts: MapFacts) -> [[Run]] {
    let rate = facts.rate.map { Figures.rate($0) } ?? .unknown
    var groups = [[Run(rate.number), .muted(rate.unit)]]
    if let share = facts.errorShare {
      let ink = Severity.errors.ink(share)
      groups.append([Run(Figures.percent(share).text, ink, bold: ink == .failing), .muted(" failed")])
    }
    if let p99 = facts.p99 {
      let ink = Severity.latencyMilliseconds.ink(Double(p99) / 1e6)
      groups.append([.muted("p99 "), Run(Figures.duration(p99).text, ink, bold: ink == .failing)])
    }
    return groups
  }

  private func faults(_ facts: MapFacts) -> [[Run]] {
    facts.faults.prefix(2).map {
      [.muted("cause "), Run("\(Glyphs.fault) \($0.spec.description)", .fault, bold: true)]
    }
  }

  private func groups(topic name: String, _ facts: MapFacts) -> [[Run]] {
    let ink: Ink = facts.severity > 0 ? facts.ink : .event
    let head = [Run(Glyphs.event + " ", ink, bold: true), Run(middleEllipsis(name, 40), .strong, bold: true)]
    guard let topic = context.snapshot.topic(name) else { return [head, [.muted("nothing is known of it yet")]] }
    let lag = facts.lag.map { Figures.count(Int(clamping: $0)).text } ?? Figure.unknown.text
    let verdict = topic.isBad ? topic.mark.long : topic.verdict == nil ? [] : topic.mark.quiet
    return [
      head, verdict, [.muted("lag "), Run(lag, facts.severity > 0 ? facts.ink : .text, bold: facts.severity > 0)],
      topic.trend == .steady ? [] : [Run(topic.trend.text, facts.severity > 0 ? facts.ink : .text)],
      [.muted("in "), Run(Figures.rate(topic.inRate).text)], [.muted("out "), Run(Figures.rate(topic.outRate).text)],
      topic.deadLetters > 0 ? [Run(Figures.count(topic.deadLetters).text, .degraded), .muted(" dead letters")] : [],
      facts.reason.isEmpty ? [] : [.muted(visible(facts.reason))],
    ]
  }

  // MARK: An arrow

  private func groups(of edge: MapEdge) -> [[Run]] {
    let label = [Run(middleEllipsis(MapPage.label(edge, graph), 50), .strong, bold: true)]
    let rate = edge.rate.map { Figures.rate($0) } ?? .unknown
    let flow = [Run(rate.number), Run(rate.unit, .muted)]
    switch edge.flow {
    case .publication: return [[Run(Glyphs.event + " ", .event, bold: true)] + label, flow + [.muted(" written")]]
    case .consumption:
      let verdict = edge.verdict.map { $0 == .ok ? $0.mark.quiet : $0.mark.long } ?? []
      return [[Run(Glyphs.event + " ", .event, bold: true)] + label, flow + [.muted(" read")], verdict]
    case .message:
      let errors = Severity.errors.ink(edge.errorShare)
      return [
        [Run(Glyphs.event + " ", .event, bold: true)] + label, flow + [.muted(" of messages")],
        [Run(Figures.percent(edge.errorShare).text, errors, bold: errors == .failing), .muted(" failed")],
      ]
    case .call: return call(edge, label, flow)
    }
  }

  private func call(_ edge: MapEdge, _ label: [Run], _ flow: [Run]) -> [[Run]] {
    let breakers = edge.breakers.compactMap(context.snapshot.breaker)
    let worst = breakers.min { $0.state.urgency < $1.state.urgency }
    let state = worst.map { $0.state == .closed ? $0.state.mark.quiet : $0.state.mark.long } ?? []
    let isCut = worst.map { $0.state != .closed } ?? false
    let errors = Severity.errors.ink(edge.errorShare)
    let rejected = breakers.map(\.rejected).saturatingSum
    var groups = [
      state.isEmpty ? label : state + [Run(" ")] + label, flow + (isCut ? [.muted(" let through")] : []),
      [Run(Figures.percent(edge.errorShare).text, errors, bold: errors == .failing), .muted(" failed")],
      rejected > 0 ? [Run(Figures.count(Int(clamping: rejected)).text), .muted(" rejected")] : [],
    ]
    if let worst, worst.state == .open, let from = worst.trialFrom, context.until(from) > 0 {
      groups.append([.muted("trial in "), Run(Figures.duration(context.until(from)).text, .strong, bold: true)])
    }
    groups += forms(of: edge)
    let armed = context.snapshot.faults.armed.filter { fault in
      edge.faults.contains(fault.id) || fault.isOn && fault.spec.target == .service(graph.things[edge.to].name)
    }
    groups += armed.prefix(2).map {
      [.muted("cause "), Run("\(Glyphs.fault) \($0.spec.description)", .fault, bold: true)]
    }
    return groups
  }
}

extension MapSentence {
  /// What the messages from one service to another come to; nothing for the arrow of a team.
  private func forms(of edge: MapEdge) -> [[Run]] {
    guard case .service(let caller) = graph.things[edge.from], case .service(let callee) = graph.things[edge.to] else {
      return []
    }
    return context.snapshot.service(caller)?.calls.first { $0.callee == callee }?.formGroups ?? []
  }
}

extension [[Run]] {
  /// The columns that they take with three blanks between them.
  fileprivate var fittingWidth: Int { reduce(0) { $0 + $1.cellWidth } + 3 * Swift.max(0, count - 1) }
}
