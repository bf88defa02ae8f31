import Drawing
import Operations
import Widgets

/// What is known of a thing on the map, whatever it is.
struct MapFacts: Sendable {
  let thing: MapThing
  var mark = Mark.unknown
  /// Requests and records a second; of a topic what is written to it.
  var rate: Double?
  /// Nil for a topic.
  var errorShare: Double?
  var p99: Int64?
  /// Nil where nobody reads.
  var lag: Int64?
  var trend = LagTrend.steady
  /// How bad it is: 0 all well, 1 degraded, 2 failing.
  var severity = 0
  /// Faults that are on and touch it.
  var faults: [ArmedFault] = []
  /// Why it is as it is; may be empty.
  var reason = ""

  init(_ thing: MapThing, _ graph: MapGraph, _ snapshot: SystemSnapshot) {
    self.thing = thing
    switch thing {
    case .service(let name):
      take([snapshot.service(name)].compactMap(\.self))
      faults = Self.faults(on: [name], snapshot)
    case .team(let name):
      let members = graph.members[name] ?? []
      take(members.compactMap(snapshot.service))
      faults = Self.faults(on: members, snapshot)
    case .topic(let name):
      guard let topic = snapshot.topic(name) else { return }
      take(topic)
    case .database(let name): take(graph.databases[name] ?? [])
    }
  }

  /// Of a database what its callers see of it.
  private mutating func take(_ calls: [CallSnapshot]) {
    let rate = calls.reduce(0) { $0 + $1.rate }
    self.rate = rate
    errorShare = rate > 0 ? calls.reduce(0) { $0 + $1.rate * $1.errorShare } / rate : calls.map(\.errorShare).max()
    p99 = calls.compactMap(\.p99).max()
    let share = errorShare ?? 0
    severity = share >= Severity.errors.bad ? 2 : share >= Severity.errors.warning ? 1 : 0
  }

  private mutating func take(_ services: [ServiceSnapshot]) {
    guard let worst = services.max(by: { $0.health < $1.health }) else { return }
    mark = worst.health.mark
    severity = worst.health == .down ? 2 : worst.health == .degraded ? 1 : 0
    reason = worst.reason
    let rate = services.reduce(0) { $0 + $1.rate }
    self.rate = rate
    let failed = services.reduce(0) { $0 + $1.rate * $1.errorShare }
    errorShare = rate > 0 ? failed / rate : services.map(\.errorShare).max() ?? 0
    p99 = services.compactMap(\.p99).max()
  }

  private mutating func take(_ topic: TopicSnapshot) {
    rate = topic.inRate
    lag = topic.lag
    trend = topic.trend
    let verdict = topic.verdict
    mark = topic.mark
    severity = topic.isAvailable ? verdict.map { $0.isError ? 2 : $0 == .warn ? 1 : 0 } ?? 0 : 2
    reason = topic.groups.first { $0.name == topic.worstGroup }?.why.first ?? ""
  }

  /// Of a service its rate, of a topic its lag, one a second, oldest first.
  static func curve(of thing: MapThing, _ graph: MapGraph, _ snapshot: SystemSnapshot) -> [Double] {
    switch thing {
    case .service(let name): return snapshot.service(name)?.pulse.doubles ?? []
    case .topic(let name): return snapshot.topic(name)?.lagSeries.doubles ?? []
    case .database: return []
    case .team(let name):
      let pulses = (graph.members[name] ?? []).compactMap(snapshot.service).map(\.pulse)
      let length = pulses.map(\.count).min() ?? 0
      return (0..<length).map { index in pulses.reduce(0) { $0 + Double($1[$1.count - length + index]) } }
    }
  }

  private static func faults(on services: [String], _ snapshot: SystemSnapshot) -> [ArmedFault] {
    snapshot.faults.armed.filter { fault in
      if case .edge = fault.spec.target { return false }
      return fault.isOn && services.contains(fault.spec.target.service)
    }
  }

  /// What stands before its name.
  var glyph: Run {
    switch thing {
    case .topic: Run(Glyphs.event, severity > 0 ? ink : .event, bold: true)
    case .database: Run(Glyphs.database, severity > 0 ? ink : .muted)
    case .service, .team: Run(mark.glyph, mark.ink, bold: true)
    }
  }

  /// The ink of its frame and its figures.
  var ink: Ink { severity == 2 ? .failing : severity == 1 ? .degraded : .border }

  /// The one figure beside the rate: the share of errors where that is what matters, else the 99th percentile.
  var figure: Run? {
    if let lag {
      let arrow = trend == .steady ? "" : " " + trend.arrow
      let text = Figures.short(Int(clamping: lag)).text + arrow
      return Run(text, severity == 0 ? .muted : ink, bold: severity > 0)
    }
    if let errorShare, errorShare >= Severity.errors.warning {
      return Run(Figures.percent(errorShare).text, Severity.errors.ink(errorShare), bold: true)
    }
    guard let p99 else { return thing.isTopic ? Run(Figure.unknown.text, .faint) : nil }
    let severity = Severity.latencyMilliseconds.ink(Double(p99) / 1e6)
    let isBad = severity == .degraded || severity == .failing
    return Run(Figures.duration(p99).text, isBad && self.severity > 0 ? severity : .muted, bold: severity == .failing)
  }
}

extension MapEdge {
  /// 0 all well or nothing there, 1 degraded, 2 failing.
  var severity: Int {
    if breaker == .open || breaker == .forcedOpen || verdict?.isError == true { return 2 }
    let errors = errorShare >= Severity.errors.bad ? 2 : errorShare >= Severity.errors.warning ? 1 : 0
    return max(errors, breaker == .halfOpen || verdict == .warn ? 1 : 0)
  }

  var ink: Ink {
    switch severity {
    case 2: return .failing
    case 1: return .degraded
    default: break
    }
    let isIdle = rate.map { !($0 > 0) } ?? false
    if flow.isEvent { return isIdle ? Ink.event.mixed(toward: .background, 0.55) : .event }
    return isIdle ? .border : .flow(0.22 + 0.13 * Double(rateClass))
  }

  /// Tens of calls: 0 below 1 a second, 1 below 10, up to 4.
  var rateClass: Int {
    guard let rate, rate >= 1 else { return 0 }
    return rate >= 1_000 ? 4 : rate >= 100 ? 3 : rate >= 10 ? 2 : 1
  }
}
