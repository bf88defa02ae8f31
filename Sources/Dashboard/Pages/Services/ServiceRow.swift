import Drawing
import Operations
import TraceCollector
import Widgets

/// One service as a row of the table.
struct ServiceRow {
  let service: ServiceSnapshot
  let context: PageContext
  var isSelected = false
  /// Over how long a time figures are unless the row says otherwise; nil where each names it.
  var window: RedWindow?

  private static let second: Int64 = 1_000_000_000

  func cell(_ column: ServiceColumn) -> TableCell {
    switch column {
    case .state: state
    case .name: name
    case .up: up
    // A service that only calls others is known by their work.
    case .rate where isUntold && seen.isIdle: .unknown
    case .rate: quieted(.figure(Figures.rate(seen.rate, unit: ""), seen.rate == 0 ? .faint : .text))
    case .pulse: .pulse(service.pulse.doubles)
    case .errors: quieted(errors)
    case .p50: quieted(Self.latency(seen.p50, isTail: false))
    case .p95: quieted(Self.latency(seen.p95, isTail: false))
    case .p99: quieted(Self.latency(seen.p99, isTail: true))
    case .busy: busy
    case .pool: Self.use(service.connections)
    case .breaker: breaker
    case .lag: lag
    case .outbox: outbox
    case .version: .text(service.version.isEmpty ? "–" : service.version, .muted)
    case .restarts where isUntold: .unknown
    case .restarts: .figure(Figures.count(service.restarts), service.restarts == 0 ? .faint : .text)
    case .team: .text(service.team.isEmpty ? "–" : service.team, .muted)
    case .since: .figure(Figures.age(max(0, context.since(service.since))), sinceInk)
    case .reason: .runs([.muted(visible(service.reason))])
    }
  }

  /// Whether spans are all that is known.
  private var isUntold: Bool { context.snapshot.system.isOnlyWatched }

  private var seen: SeenFigures { service.seen }

  /// What follows the name where the figures are over another time than `window`: ` 10 s`.
  static func note(of service: ServiceSnapshot, beside window: RedWindow?) -> String {
    guard let window, service.window != window, !service.seen.isIdle else { return "" }
    return " " + service.window.words
  }

  private var note: String { Self.note(of: service, beside: window) }

  /// Figures that are not what the title says step back; what is bad stays in sight.
  private func quieted(_ cell: TableCell) -> TableCell {
    guard !note.isEmpty, case .figure(let figure, let ink, _) = cell else { return cell }
    return ink == .text || ink == .muted ? .figure(figure, .faint) : cell
  }

  private var name: TableCell {
    let ink: Ink = isBad || isSelected ? .strong : .text
    let isBold = service.health.mark == .failing || isNew
    guard !note.isEmpty else { return .text(service.name, ink, bold: isBold) }
    return .runs([Run(visible(service.name), ink, bold: isBold), .faint(note)])
  }

  private var isBad: Bool { service.health.isBad }

  /// Whether its health has changed a moment ago.
  private var isNew: Bool { context.motion && context.since(service.since) < Self.second }

  private var state: TableCell {
    let mark = service.health.mark
    let letter = isBad ? mark.ink : mark.ink.mixed(toward: .background, 0.4)
    return .runs([Run(mark.glyph, mark.ink, bold: true), Run(" "), Run(mark.letter, letter, bold: isBad)])
  }

  private var up: TableCell {
    guard service.instancesAll > 0 else { return .unknown }
    let figure = Figures.fraction(service.instancesUp, of: service.instancesAll)
    let ink: Ink = service.instancesUp == 0 ? .failing : service.lacksInstances ? .degraded : .faint
    return .figure(figure, ink, bold: service.instancesUp == 0)
  }

  private var errors: TableCell {
    // Of no calls there is no share.
    seen.rate == 0 && seen.errorShare == 0 ? .unknown : Self.errors(seen.errorShare)
  }

  static func errors(_ share: Double) -> TableCell {
    .figure(Figures.percent(share), Severity.errors.ink(share), bold: Severity.errors.isBad(share))
  }

  /// - Parameter isTail: whether it is the figure that stands for all; the others step back.
  static func latency(_ nanoseconds: Int64?, isTail: Bool) -> TableCell {
    guard let nanoseconds else { return .unknown }
    let milliseconds = Double(nanoseconds) / 1e6
    let severity = Severity.latencyMilliseconds
    let quiet: Ink = isTail ? .text : .muted
    return .figure(
      Figures.duration(nanoseconds), milliseconds < severity.warning ? quiet : severity.ink(milliseconds),
      bold: isTail && severity.isBad(milliseconds))
  }

  static func use(_ pool: PoolUse?) -> TableCell {
    guard let pool else { return .unknown }
    return .figure(
      Figures.fraction(pool.used, of: pool.size), pool.share < Severity.saturation.warning ? .muted : inkOf(pool),
      bold: Severity.saturation.isBad(pool.share))
  }

  static func inkOf(_ pool: PoolUse) -> Ink { Severity.saturation.ink(pool.share) }

  private var busy: TableCell {
    guard let workers = service.workers else { return .text("–", .faint) }
    let text = Figures.fraction(workers.used, of: workers.size).text
    let isBad = Severity.saturation.isBad(workers.share)
    let ink: Ink = workers.share < Severity.saturation.warning ? .muted : Self.inkOf(workers)
    return .drawing { canvas, rect in
      let (meter, figure) = rect.split(right: text.cellWidth, gap: 1)
      Meter(workers.share, ink: .ramp(workers.share)).draw(
        on: &canvas, x: meter.x, y: meter.y, width: min(5, meter.width))
      canvas.put(text, x: figure.x, y: figure.y, ink, bold: isBad, width: figure.width, align: .right)
    }
  }

  private var breaker: TableCell {
    guard let state = service.breaker, state != .closed else { return .blank }
    return .runs(state.mark.short)
  }

  private var lag: TableCell {
    Self.lag(service.lag, service.lagVerdict)
  }

  static func lag(_ lag: Int64?, _ verdict: LagVerdict?) -> TableCell {
    guard let lag else { return .unknown }
    let isBad = verdict.map { $0 != .ok } ?? false
    let ink: Ink = isBad ? verdict?.mark.ink ?? .degraded : lag == 0 ? .faint : .muted
    return .figure(Figures.count(Int(lag)), ink, bold: isBad)
  }

  private var outbox: TableCell {
    guard let depth = service.outboxDepth else { return .unknown }
    let isOld = (service.outboxAge ?? 0) > 5 * Self.second
    return .figure(Figures.count(depth), isOld ? .degraded : depth == 0 ? .faint : .muted, bold: isOld)
  }

  private var sinceInk: Ink {
    if !service.faults.isEmpty { return .fault }
    if isBad { return service.health.mark.ink }
    return context.since(service.since) < 60 * Self.second ? .degraded : .faint
  }
}
