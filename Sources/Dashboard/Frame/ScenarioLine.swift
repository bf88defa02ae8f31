import Drawing
import Operations
import Widgets

/// The scenario that plays, on the line that is empty otherwise: how far it is, what it does, and what has come true.
struct ScenarioLine {
  private let progress: ScenarioProgress
  private let time: Int64

  /// So long after its end it still says how it went.
  private static let stays: Int64 = 30_000_000_000

  /// Nil while none plays.
  init?(_ snapshot: SystemSnapshot) {
    guard let current = snapshot.scenarios.current, !current.isStopped else { return nil }
    if let ended = current.endedAt, snapshot.time &- ended > Self.stays { return nil }
    (progress, time) = (current, snapshot.time)
  }

  private var elapsed: Int64 { progress.elapsed(at: time) }

  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let head = head
    canvas.rich(endEllipsis(head, width), x: x, y: y)
    let room = width - head.cellWidth - 3
    guard room >= 20 else { return }
    let (step, outcome) = (step, outcome)
    let both = step.isEmpty || outcome.isEmpty ? step + outcome : step + [Run("   ")] + outcome
    // Where not both have room the newer one is told. When it is over it does nothing any more.
    let newer = isStepNewer && !progress.isOver || outcome.isEmpty ? step : outcome
    canvas.rich(both.cellWidth <= room ? both : endEllipsis(newer, room), x: x + head.cellWidth + 3, y: y)
  }

  /// `▸ retry-storm  32 s of 90 s  ✓ 3 of 8`
  private var head: [Run] {
    let name = Run(visible(progress.name), .strong, bold: true)
    if progress.isOver { return [Run(Mark.committed.glyph + " ", .muted), name, .muted("  over  ")] + score }
    return [
      Run(Mark.running.glyph + " ", .accent, bold: true), name, Run("  \(FaultText.moment(elapsed))"),
      .muted(" of \(FaultText.moment(progress.duration))  "),
    ] + score
  }

  /// What there is room for beside other things: `▸ retry-storm 32 s ✓3 ✗1`
  /// - Parameter room: columns for the name, which is cut in its middle where it is longer.
  func short(name room: Int) -> [Run] {
    let failed = progress.failed
    let mark = progress.isOver ? Mark.committed.glyph : Mark.running.glyph
    return [
      Run("\(mark) ", .accent), Run(middleEllipsis(progress.name, room) + " ", .strong),
      .muted("\(FaultText.moment(elapsed)) "), Run("✓\(progress.held)", .healthy),
    ]
      + (failed > 0 ? [Run(" ✗\(failed)", .failing, bold: true)] : [])
  }

  private var score: [Run] {
    if let verdict = progress.verdict { return verdict }
    let failed = progress.failed
    return [Run("✓ \(progress.held)", .healthy, bold: true)]
      + (failed > 0 ? [Run("  ✗ \(failed)", .failing, bold: true)] : [])
      + [.muted(" of \(progress.expectations.count)")]
  }

  /// The newest that was done; of several at that moment the first.
  private var newestStep: ScenarioProgress.Step? {
    progress.steps.filter(\.isDone).max { $0.at < $1.at }
  }

  private var newestOutcome: ScenarioProgress.Expectation? {
    progress.expectations.filter { $0.state != .pending && $0.moment != nil }
      .max { ($0.moment ?? 0) < ($1.moment ?? 0) }
  }

  private var isStepNewer: Bool { (newestStep?.at ?? .min) >= (newestOutcome?.moment ?? .min) }

  /// `65 s start payment/1 +1`
  private var step: [Run] {
    guard let newest = newestStep else { return [] }
    let others = progress.steps.count { $0.isDone && $0.at == newest.at } - 1
    return [.muted(FaultText.moment(newest.at) + " "), Run(visible(newest.words), .fault)]
      + (others > 0 ? [.muted(" +\(others)")] : [])
  }

  /// What came true last, or did not.
  private var outcome: [Run] {
    guard let newest = newestOutcome else { return [] }
    let held = newest.state == .held
    let mark = held ? Mark.committed : Mark.failed
    return [Run(mark.glyph + " ", mark.ink, bold: true)]
      + [Run(visible(newest.because.isEmpty ? newest.words : newest.because), held ? .text : .failing, bold: !held)]
  }
}

extension ScenarioProgress {
  /// The whole seconds that it has played.
  func elapsed(at time: Int64) -> Int64 {
    let second: Int64 = 1_000_000_000
    return max(0, (endedAt ?? time) &- startedAt) / second * second
  }

  /// How it went once it is over and only that is open which is told at rest: `5 of 5 held; 2 more`
  /// `need the system at rest: msatop simulate`.
  /// Nil while it plays, and where nothing is open or something else.
  var verdict: [Run]? {
    let open = expectations.filter { $0.state == .pending }
    guard isOver, !isStopped, !open.isEmpty, open.allSatisfy(\.needsRest) else { return nil }
    let judged = "\(held) of \(held + failed) held"
    return [
      Run(judged, failed > 0 ? .failing : .healthy, bold: true),
      .muted("; \(open.count) more \(open.count == 1 ? "needs" : "need") the system at rest: msatop simulate"),
    ]
  }
}
