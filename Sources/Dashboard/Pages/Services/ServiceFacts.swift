import Drawing
import Operations
import Widgets

/// The head of a service's own page: how it is and why, its figures, and what was promised of it.
struct ServiceFacts {
  let service: ServiceSnapshot
  let context: PageContext

  func draw(on canvas: inout Canvas, in rect: Rect) {
    let mark = service.health.mark
    let title = [
      Run("\(mark.glyph) \(mark.letter)", mark.ink, bold: true), Run("  "),
      Run(visible(service.name), .strong, bold: true),
    ]
    Rule(title, figures: identity, tone: nil).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    let lines = lines(width: rect.width)
    for (index, line) in lines.prefix(max(0, rect.height - 1)).enumerated() {
      canvas.rich(line, x: rect.x, y: rect.y + 1 + index)
    }
  }

  private var identity: [Run] {
    var words: [String] = []
    if service.isOutside { words.append("an outside company") }
    if !service.team.isEmpty { words.append("team \(visible(service.team))") }
    if !service.version.isEmpty { words.append("version \(visible(service.version))") }
    return [.muted(words.joined(separator: "   "))]
  }

  /// The facts, as many a line as fit.
  func lines(width: Int) -> [[Run]] {
    var lines = [endEllipsis(state, width)]
    var rest = figures + promises
    while !rest.isEmpty {
      var count = rest.count
      while count > 1, rest.prefix(count).reduce(-3, { $0 + $1.cellWidth + 3 }) > width { count -= 1 }
      let line = rest.prefix(count).reduce(into: [Run]()) { line, fact in
        line += (line.isEmpty ? [] : [Run("   ")]) + fact
      }
      lines.append(endEllipsis(line, width))
      rest.removeFirst(count)
    }
    return lines
  }

  private var state: [Run] {
    let mark = service.health.mark
    let since = Figures.age(max(0, context.since(service.since))).text
    guard service.health.isBad else { return [.muted("\(mark.word) for \(since)")] }
    let reason = service.reason.isEmpty ? mark.word : visible(service.reason)
    return [Run(reason, mark.ink, bold: true), .muted("  for \(since)")]
  }

  private func fact(_ name: String, _ cell: TableCell) -> [Run] {
    guard case .figure(let figure, let ink, let bold) = cell else { return [] }
    return [.muted(name + " "), Run(figure.text, ink, bold: bold)]
  }

  private var figures: [[Run]] {
    let row = ServiceRow(service: service, context: context)
    var facts = [
      [.muted("last \(service.window.words)")], fact("req/s", row.cell(.rate)), fact("err", row.cell(.errors)),
      fact("p50", row.cell(.p50)),
      fact("p95", row.cell(.p95)), fact("p99", row.cell(.p99)), fact("up", row.cell(.up)),
    ]
    if let workers = service.workers { facts.append(fact("busy", ServiceRow.use(workers)) + waiting(workers)) }
    if let pool = service.connections {
      facts.append(fact("database pool", ServiceRow.use(pool)) + service.poolSum + waiting(pool))
    }
    if service.lag != nil { facts.append(fact("lag", row.cell(.lag))) }
    if service.outboxDepth != nil { facts.append(fact("outbox", row.cell(.outbox)) + outboxAge) }
    facts.append(fact("restarts", row.cell(.restarts)))
    return facts
  }

  private func waiting(_ pool: PoolUse) -> [Run] {
    pool.waiting > 0 ? [Run(" \(Figures.count(pool.waiting).text) waiting", .degraded)] : []
  }

  private var outboxAge: [Run] {
    guard let age = service.outboxAge, service.outboxDepth ?? 0 > 0 else { return [] }
    return [.muted(", oldest \(Figures.duration(age).text)")]
  }

  private var promises: [[Run]] {
    let objective = service.objective
    var facts: [[Run]] = [
      [
        .muted("promised err ≤"), Run(Figures.percent(objective.errorShare).text), .muted(" p99 ≤"),
        Run(Figures.duration(objective.p99).text),
      ],
      Self.budget(left: objective.budgetLeft),
    ]
    let faults = context.snapshot.faults.armed.filter { $0.isOn && service.faults.contains($0.id) }
    facts += faults.map { [Run("↯ \($0.spec)", .fault, bold: true)] }
    return facts
  }

  /// Of what is overdrawn more than once, how often.
  private static func budget(left: Double) -> [Run] {
    if left.isFinite, left < -1 {
      let times = Figures.count(Int(min(1 - left, 1e9).rounded())).text
      return [Run("×\(times)", .failing, bold: true), .muted(" the errors allowed")]
    }
    let ink: Ink = left < 0 ? .failing : left < 0.3 ? .degraded : .text
    return [.muted("budget left "), Run(Figures.percent(left, isWhole: true).text, ink, bold: left < 0)]
  }
}

extension ServiceSnapshot {
  /// How its pool is made up of those of its instances: `2 × 10`, `10 + 20`; nil where one has all of it.
  var poolShares: String? {
    let sizes = instances.compactMap { $0.connections?.size }
    guard sizes.count > 1 else { return nil }
    return Set(sizes).count == 1
      ? "\(sizes.count) × \(sizes[0])" : sizes.map(String.init).joined(separator: " + ")
  }

  /// The same behind the sum; nothing where one has all of it.
  var poolSum: [Run] { poolShares.map { [.muted(" = \($0)")] } ?? [] }
}
