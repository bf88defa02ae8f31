import Drawing
import Operations
import Widgets

/// What a fault would touch, said before it is armed.
struct FaultForecast {
  let page: FaultsPage
  let area: Rect
  let context: PageContext

  init(page: FaultsPage, area: Rect, _ context: PageContext) {
    self.page = page
    self.area = area
    self.context = context
  }

  func draw(on canvas: inout Canvas) {
    guard !area.isEmpty, let service = page.service,
      let entry = page.services(context).first(where: { $0.name == service })
    else { return }
    let isArmed = !page.faultsHere(context).isEmpty
    let place = "\(page.kind.title) on \(service)"
    Rule(endEllipsis([Run((isArmed ? "armed: " : "before you arm: ") + place, .title, bold: true)], area.width))
      .draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    var lines: [[Run]]
    if let obstacle = page.obstacle(context) {
      lines = [[Run("It does not apply: \(obstacle).", .muted)]]
    } else {
      lines = [touches(entry), behind(service), guards(service)].filter { !$0.isEmpty }
      lines.append(settings(isArmed: isArmed))
    }
    let isAiry = area.height > lines.count + 1 && lines.count > 1
    for (index, line) in lines.prefix(area.height - 1).enumerated() {
      let gap = isAiry && index == lines.count - 1 ? 1 : 0
      let shown = line.namingKeys(canvas.glyphSet)
      canvas.rich(endEllipsis(shown, area.width), x: area.x, y: area.y + 1 + index + gap)
    }
  }

  private func touches(_ entry: FaultCatalogue.Service) -> [Run] {
    let state = context.snapshot.service(entry.name)
    var line = FactLine()
    line.add([
      Run("touches   ", .muted), Run(state.map { Figures.rate($0.rate, unit: "").text } ?? "–", .strong, bold: true),
      Run(" req/s", .muted),
    ])
    let count = entry.instances
    line.add([Run("\(count)", .strong, bold: true), Run(count == 1 ? " instance" : " instances", .muted)], priority: 1)
    if page.kind == .slowConsumer, let lag = state?.lag {
      line.add([Run(Figures.count(Int(lag)).text, .strong, bold: true), Run(" waiting records", .muted)], priority: 2)
    }
    if page.kind == .databaseDown || page.kind == .pool, let pool = state?.connections {
      line.add(
        [Run("\(pool.used)", .strong, bold: true), Run(" of \(pool.size) connections in use", .muted)], priority: 2)
    }
    if let share = state?.errorShare, share > 0 {
      line.add(
        [Run(Figures.percent(share).text, Severity.errors.ink(share)), Run(" fail already", .muted)], priority: 3)
    }
    return line.runs(in: area.width)
  }

  /// Who waits for it, and the topics it reads.
  private func behind(_ service: String) -> [Run] {
    let edges = context.snapshot.faults.catalogue.edges
    let callers = edges.filter { $0.to == service }.map(\.from)
    let further = edges.filter { callers.contains($0.to) && !callers.contains($0.from) && $0.from != service }.map(
      \.from)
    var line = FactLine()
    if !callers.isEmpty {
      var runs = [Run("behind it ", .muted), Run(callers.joined(separator: "  "), .text)]
      if !further.isEmpty { runs += [Run("  ← ", .faint), Run(further.uniqued.joined(separator: "  "), .text)] }
      line.add(runs)
    }
    let topics = context.snapshot.service(service)?.consumes.map(\.topic) ?? []
    if !topics.isEmpty {
      let label = callers.isEmpty ? "reads     " : "reads "
      line.add([Run(label, .muted), Run(topics.uniqued.joined(separator: "  "), .text)], priority: 1, gap: 5)
    }
    return line.runs(in: area.width)
  }

  /// The breakers that stand before it.
  private func guards(_ service: String) -> [Run] {
    let breakers = context.snapshot.breakers.filter { $0.callee == service }
    guard !breakers.isEmpty else { return [] }
    var line = FactLine()
    line.add([Run("guarded   ", .muted), Run("by", .muted)])
    for (index, breaker) in breakers.sorted(by: { $0.state.urgency < $1.state.urgency }).enumerated() {
      let runs = [Run(breaker.state.mark.glyph, breaker.state.mark.ink, bold: true), Run(" \(breaker.label)", .text)]
      line.add(runs, priority: index == 0 ? 0 : index, gap: index == 0 ? 1 : 3)
    }
    return line.runs(in: area.width)
  }

  private func settings(isArmed: Bool) -> [Run] {
    if isArmed {
      return [
        Run(Glyphs.enter, .accent, bold: true), Run(" switches it off and on   ", .muted),
        Run("x", .accent, bold: true),
        Run(" takes it off", .muted),
      ]
    }
    let settings = FaultMenuSettings(service: page.service ?? "", instances: 1, kind: page.kind)
    var line = FactLine()
    if !settings.intensityText.isEmpty && settings.takesIntensity {
      line.add([Run("\(settings.intensityName) ", .muted), Run(settings.intensityText, .text)])
    }
    line.add([Run("scope ", .muted), Run("all instances", .text)])
    let time = settings.time.map { [Run("for ", .muted), Run(FaultText.duration($0), .text)] } ?? []
    line.add(time)
    line.add([Run("then it heals by itself", .muted)], priority: 1)
    return line.runs(in: area.width)
  }
}

extension [String] {
  /// Each one once, where it stands first.
  fileprivate var uniqued: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
