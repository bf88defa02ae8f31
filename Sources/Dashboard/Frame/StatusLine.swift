import Drawing
import Operations
import Widgets

/// The first line: which system, at which moment, and how it is. What matters least gives way where it is narrow.
struct StatusLine {
  enum Part: Sendable, Hashable {
    case program, system, kind, moment, speed
    case rate, errors, latency, open, halfOpen, lag, faults, alerts
  }

  struct Segment {
    let part: Part
    let runs: [Run]
    /// The lowest is the most wanted.
    let priority: Int
    /// Blanks before it.
    var gap = 2
  }

  /// A segment with the column it begins in.
  struct Place {
    let segment: Segment
    let x: Int
    var columns: Range<Int> { x..<x + segment.runs.cellWidth }
  }

  let model: Model
  let layout: FrameLayout

  private var snapshot: SystemSnapshot { model.shown }

  func draw(on canvas: inout Canvas) {
    let line = Rect(x: 0, y: layout.statusLine, width: layout.size.columns, height: 1)
    canvas.fill(line, .surface)
    for place in places { draw(place, on: &canvas) }
  }

  private func draw(_ place: Place, on canvas: inout Canvas) {
    guard place.segment.part == .moment, let badge else {
      canvas.rich(place.segment.runs, x: place.x, y: layout.statusLine)
      return
    }
    let end = badge.draw(on: &canvas, x: place.x, y: layout.statusLine)
    canvas.rich(Array(place.segment.runs.dropFirst()), x: end, y: layout.statusLine)
  }

  /// What is shown and where: who and when at the left, how it is at the right.
  var places: [Place] {
    let (allLeft, allRight) = (identity, signals)
    let room = layout.size.columns - 2
    func width(_ segments: [Segment]) -> Int {
      segments.enumerated().reduce(0) { $0 + $1.element.runs.cellWidth + ($1.offset == 0 ? 0 : $1.element.gap) }
    }
    // The most wanted first, as long as there is room.
    var kept: Set<Part> = []
    for segment in (allLeft + allRight).sorted(by: { $0.priority < $1.priority }) {
      let trial = kept.union([segment.part])
      let (left, right) = (allLeft.filter { trial.contains($0.part) }, allRight.filter { trial.contains($0.part) })
      if width(left) + width(right) + (right.isEmpty ? 0 : 2) <= room { kept = trial }
    }
    let (left, right) = (allLeft.filter { kept.contains($0.part) }, allRight.filter { kept.contains($0.part) })
    return placed(left, from: 1) + placed(right, from: layout.size.columns - 1 - width(right))
  }

  private func placed(_ segments: [Segment], from start: Int) -> [Place] {
    var x = start
    return segments.enumerated().map { index, segment in
      if index > 0 { x += segment.gap }
      defer { x += segment.runs.cellWidth }
      return Place(segment: segment, x: x)
    }
  }

  /// What is at a column of the line.
  func part(at column: Int) -> Part? { places.first { $0.columns.contains(column) }?.segment.part }
}

// MARK: - Who and when

extension StatusLine {
  private var badge: Badge? {
    if model.isFrozen { return Badge("FROZEN", ground: .frozen) }
    return snapshot.system.isStill ? Badge("STILL", ground: .frozen) : nil
  }

  private var identity: [Segment] {
    let name = middleEllipsis(snapshot.system.name, layout.isWide ? 24 : 12)
    var segments = [
      Segment(part: .program, runs: [Run("msatop", .accent, bold: true)], priority: 10),
      Segment(part: .system, runs: [Run(name, .strong, bold: true)], priority: 3),
    ]
    if layout.isWide, snapshot.system.name != snapshot.system.kind.rawValue {
      let kind = Segment(part: .kind, runs: [Run(snapshot.system.kind.rawValue, .muted)], priority: 13, gap: 1)
      segments.append(kind)
    }
    segments.append(Segment(part: .moment, runs: moment, priority: 0))
    if let speed = snapshot.system.speed, !model.isFrozen, layout.isWide {
      segments.append(Segment(part: .speed, runs: [Run(speed.label, .muted)], priority: 12, gap: 1))
    }
    return segments
  }

  /// Whether this is now, and the time.
  private var moment: [Run] {
    let context = model.context
    guard let badge else {
      return [Run("● LIVE", .healthy, bold: true), Run(" " + context.clock(snapshot.time), .strong)]
    }
    var runs = [Run(" \(badge.text) ", .onAccent, bold: true)]
    if let frozen = model.frozen {
      let (distance, overflow) = frozen.time.subtractingReportingOverflow(model.live.time)
      runs.append(Run(" " + context.clock(frozen.time), .frozen, bold: true))
      if !overflow, distance / 1_000_000_000 != 0 { runs.append(Run(" " + Figures.distance(distance).text, .muted)) }
    } else {
      runs.append(Run(" " + context.clock(snapshot.time), .frozen, bold: true))
    }
    return runs
  }
}

// MARK: - How it is

extension StatusLine {
  private var isWide: Bool { layout.isWide }
  private var gap: String { isWide ? " " : "" }

  private var signals: [Segment] {
    let traffic = snapshot.traffic
    var segments = [
      Segment(
        part: .rate,
        runs: split(Figures.rate(traffic.rate, unit: isWide ? " tx/s" : "/s"), .strong), priority: 4),
      Segment(
        part: .errors, runs: [Run("err ", .muted), errors(traffic.errorShare)], priority: 2),
      Segment(part: .latency, runs: [Run("p99 ", .muted), latency(traffic.p99)], priority: 6),
    ]
    segments += breakers
    if let lag = lag { segments.append(lag) }
    let faults = snapshot.faults.armed.count(where: \.isOn)
    if faults > 0 {
      var runs = [Run("\(Glyphs.fault)\(gap)\(faults)", .fault, bold: true)]
      if isWide { runs.append(Run(faults == 1 ? " fault" : " faults", .muted)) }
      segments.append(Segment(part: .faults, runs: runs, priority: 8))
    }
    if !snapshot.alerts.isEmpty {
      let ink: Ink = snapshot.alerts.contains(where: \.isSevere) ? .failing : .degraded
      let run = Run("\(Glyphs.alert)\(gap)\(snapshot.alerts.count)", ink, bold: true)
      segments.append(Segment(part: .alerts, runs: [run], priority: 7))
    }
    return segments
  }

  private func split(_ figure: Figure, _ ink: Ink) -> [Run] {
    [Run(figure.number, ink), Run(figure.unit, .muted)]
  }

  private func errors(_ share: Double) -> Run {
    let ink = Severity.errors.ink(share)
    return Run(Figures.percent(share).text, ink == .degraded || ink == .failing ? ink : .strong, bold: true)
  }

  private func latency(_ duration: Int64?) -> Run {
    guard let duration else { return Run(Figure.unknown.text, .muted) }
    let ink = Severity.latencyMilliseconds.ink(Double(duration) / 1e6)
    return Run(Figures.duration(duration).text, ink == .degraded || ink == .failing ? ink : .strong, bold: true)
  }

  private var breakers: [Segment] {
    let open = snapshot.breakers.count { $0.state == .open || $0.state == .forcedOpen }
    let half = snapshot.breakers.count { $0.state == .halfOpen }
    var segments: [Segment] = []
    if open > 0 {
      let run = Run("\(Mark.open.glyph)\(gap)\(open)", .open, bold: true)
      segments.append(Segment(part: .open, runs: [run], priority: 5))
    }
    if half > 0 {
      let run = Run("\(Mark.halfOpen.glyph)\(gap)\(half)", .halfOpen, bold: true)
      segments.append(Segment(part: .halfOpen, runs: [run], priority: 11))
    }
    return segments
  }

  private var lag: Segment? {
    guard let lag = snapshot.traffic.lag else {
      guard snapshot.isBusDown else { return nil }
      let run = Run(Figure.unknown.text, Mark.busDown.ink, bold: true)
      return Segment(part: .lag, runs: [Run("lag ", .muted), run], priority: 9)
    }
    let worst = snapshot.topics.compactMap(\.verdict).max() ?? .ok
    let growth = snapshot.traffic.lagGrowth
    let arrow = growth >= 1 ? gap + Glyphs.growing : growth <= -1 ? gap + Glyphs.draining : ""
    let text = Figures.short(Int(clamping: lag)).text + arrow
    let run = Run(text, worst == .ok ? .text : worst.mark.ink, bold: true)
    return Segment(part: .lag, runs: [Run("lag ", .muted), run], priority: 9)
  }
}

extension Speed {
  /// `×1`, `×0.5`, `×max`
  var label: String {
    switch self {
    case .paced(let factor):
      let hundredths = (factor * 100).rounded() / 100
      return hundredths == hundredths.rounded() ? "×\(Int(hundredths))" : "×\(hundredths)"
    case .asFastAsItCan: return "×max"
    }
  }
}
