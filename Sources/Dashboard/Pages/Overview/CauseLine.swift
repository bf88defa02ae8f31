import Drawing
import Operations
import Widgets

/// The one sentence that says what is wrong: where it began, and what followed from it.
struct CauseLine {
  let snapshot: SystemSnapshot

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard area.width > 4, area.height > 0 else { return }
    guard !snapshot.incident.isEmpty else { return drawQuiet(on: &canvas, in: area) }
    let isFailing = snapshot.incident.contains(where: \.isFailing)
    let line = area.inset(left: 1, right: 1)
    canvas.fill(line, isFailing ? .alarm : .surface)
    canvas.put(Glyphs.selection, x: line.x, y: line.y, isFailing ? .failing : .degraded, bold: true)
    canvas.rich(fitting(line.width - 3), x: line.x + 2, y: line.y)
  }

  private func drawQuiet(on canvas: inout Canvas, in area: Rect) {
    let room = area.width - 4
    let sentence = sentences.first { $0.cellWidth <= room } ?? endEllipsis(sentences.last ?? [], room)
    canvas.rich(sentence, x: area.x + 2, y: area.y)
  }

  /// Nothing is known to be wrong: from the longest to the shortest way to say so.
  private var sentences: [[Run]] {
    let count = snapshot.services.count
    guard count > 0 else { return [[Run("No service yet.", .muted)]] }
    let worst = snapshot.services.map(\.health).max() ?? .up
    let unwell = snapshot.services.count { $0.health != .up }
    let services = count == 1 ? "the service is healthy" : "all \(count) services healthy"
    let health = worst == .up ? services : "\(unwell) of \(count) services \(worst.mark.word)"
    let needs = snapshot.attention.reduce(0) { $0.addingReportingOverflow($1.count).partialValue }
    // What was put aside hurts no service, and yet somebody has to say what becomes of it.
    let letters = snapshot.topics.map(\.deadLetters).saturatingSum
    let waiting = [(needs, "transaction"), (letters, "dead letter")].filter { $0.0 > 0 }
    let rest =
      waiting.isEmpty
      ? "nothing needs you"
      : waiting.map { Count.of($0.0, $0.1) }.joined(separator: " and ")
        + (waiting.count == 1 && waiting[0].0 == 1 ? " needs you" : " need you")
    let ink: Ink = !waiting.isEmpty || worst.isBad ? .text : .muted
    return ["\(health), \(rest)", health].map { worst.mark.short + [Run(" " + $0, ink)] }
  }

  // MARK: An incident

  /// The links as they fit: shorter separators first, then shorter links from the end, then fewer.
  private func fitting(_ width: Int) -> [Run] {
    let links = snapshot.incident
    for separator in ["  \(Glyphs.cause)  ", " \(Glyphs.cause) "] {
      let line = joined(links.map { $0.runs(isShort: false) }, separator)
      if line.cellWidth <= width { return line }
    }
    let separator = " \(Glyphs.cause) "
    // The breaker's names go first: they stand in the panel below.
    let order = links.indices.filter { links[$0].isBreaker } + links.indices.filter { !links[$0].isBreaker }
    for count in 1...max(1, order.count) {
      let short = Set(order.prefix(count))
      let line = joined(links.indices.map { links[$0].runs(isShort: short.contains($0)) }, separator)
      if line.cellWidth <= width { return line }
    }
    for count in stride(from: links.count - 1, to: 0, by: -1) {
      let line = joined(links.prefix(count).map { $0.runs(isShort: true) }, separator)
      if line.cellWidth <= width { return line }
    }
    return endEllipsis(links[0].runs(isShort: true), width)
  }

  private func joined(_ links: [[Run]], _ separator: String) -> [Run] {
    links.enumerated().flatMap { $0.offset == 0 ? $0.element : [Run(separator, .faint)] + $0.element }
  }
}

extension IncidentLink {
  fileprivate var isBreaker: Bool {
    if case .breaker = self { true } else { false }
  }

  fileprivate var isFailing: Bool {
    switch self {
    case .service(_, let health, _): health == .down
    case .breaker(_, let state): state == .open || state == .forcedOpen
    case .lag(_, _, _, let verdict): verdict.isError
    case .compensated: false
    case .stuck: true
    }
  }

  fileprivate func runs(isShort: Bool) -> [Run] {
    switch self {
    case .service(let name, let health, let what):
      let head = health.mark.short + [Run(" " + middleEllipsis(name, 32), .strong, bold: true)]
      return isShort || what.isEmpty ? head : head + [Run(" " + what, .text)]
    case .breaker(let label, let state):
      return isShort ? state.mark.long : state.mark.long + [Run(" " + middleEllipsis(label, 44), .text)]
    case .lag(let topic, let lag, let trend, let verdict):
      let arrow = trend == .steady ? "" : " " + trend.arrow
      let figure = " " + Figures.count(Int(clamping: lag)).text + arrow
      return [Run("lag ", .text), Run(middleEllipsis(topic, 24), .strong)]
        + [Run(figure, verdict == .ok ? .text : verdict.mark.ink, bold: true)]
    case .compensated(let count):
      let head = Run("\(Mark.compensated.glyph) " + Figures.count(count).text, .compensation, bold: true)
      return isShort ? [head] : [head, Run(" compensated", .text)]
    case .stuck(let count):
      return [Run("\(Mark.stuck.glyph) " + Figures.count(count).text, .failing, bold: true), Run(" stuck", .text)]
    }
  }
}
