internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel

/// The filters of one exchange as spans of the call tree: each phase is one, with a span below it for each filter that
/// ran. The filter that did not let it pass stands beside those that did, and ROUTE is around the call. Filters cross to
/// no server: all have the hop of the call that they are part of.
struct GatewayTrail {
  let process: ServiceProcess
  let context: TraceContext
  /// When the exchange began.
  let start: Int64

  /// Text: why a request was turned away, as its counter is called.
  static let reason = "gateway.refusal"

  /// What stood before the call. To be called once, when it is decided.
  func before(_ runs: [FilterRun]) {
    let pre = runs.filter { $0.phase == .pre }
    guard let last = pre.last else { return }
    let isTurnedAway: Bool
    switch last.outcome {
    case .failed, .answered: isTurnedAway = true
    case .passed, .noted: isTurnedAway = false
    }
    let passed = isTurnedAway ? Array(pre.dropLast()) : pre
    let asks = passed.contains { $0.name == "authentication" }
    // Whoever is not let in because of a token was turned away by the very filters that stand together as one.
    let isOne = isTurnedAway && Self.authentication.contains(last.name)
    if !passed.isEmpty, !isOne { report(asks ? "PRE auth" : "PRE", passed, from: start, to: passed.last?.end ?? start) }
    guard isTurnedAway else { return }
    report(
      isOne ? "PRE auth" : "PRE \(last.name)", isOne ? pre : [last], from: isOne ? start : last.start, to: last.end)
  }

  private static let authentication = ["authentication", "revocation"]

  /// What came after the call, or after the refusal.
  func after(_ answer: GatewayAnswer) {
    let (error, post) = (answer.runs.filter { $0.phase == .error }, answer.runs.filter { $0.phase == .post })
    if let first = error.first, let last = error.last {
      report("ERROR \(answer.failure?.reason.rawValue ?? "")", error, from: first.start, to: last.end)
    }
    if let first = post.first, let last = post.last {
      report("POST", post, from: first.start, to: last.end)
    }
  }

  private func report(_ name: String, _ runs: [FilterRun], from start: Int64, to end: Int64) {
    let id = process.tracer.makeID()
    var phase = span(name, id: id, parent: context.span, from: start, to: end, runs.last?.outcome)
    phase.attributes.append(SpanAttribute(AttributeName.filters, .text(runs.map(\.name).joined(separator: " "))))
    if let subject = Self.subject(runs) {
      phase.attributes.append(SpanAttribute(AttributeName.subject, .text(subject)))
    }
    process.tracer.report(phase)
    // A filter that stands alone is its phase.
    guard runs.count > 1 else { return }
    // What began at the same moment is ordered by id.
    let ids = runs.map { _ in process.tracer.makeID() }.sorted()
    for (run, own) in zip(runs, ids) {
      var filter = span(run.name, id: own, parent: id, from: run.start, to: run.end, run.outcome)
      if let note = Self.note(run) { filter.attributes.append(SpanAttribute(AttributeName.subject, .text(note))) }
      process.tracer.report(filter)
    }
  }

  private func span(
    _ name: String, id: SpanID, parent: SpanID, from start: Int64, to end: Int64, _ outcome: FilterRun.Outcome?
  ) -> TraceSpan {
    let skew = process.tracer.now - process.world.time.now
    var span = TraceSpan(
      gtxid: context.gtxid, id: id, parent: parent, ltxid: context.ltxid, kind: .internal,
      service: process.tracer.serviceName, instance: process.tracer.instanceName, operation: name,
      start: start + skew, duration: end - start, status: .ok)
    if case .failed(let status, let reason) = outcome {
      span.status = .error
      span.message = "\(status) \(reason.rawValue)"
      span.attributes.append(SpanAttribute(Self.reason, .text(reason.rawValue)))
    }
    return span
  }

  /// What a filter has to tell.
  private static func note(_ run: FilterRun) -> String? {
    switch run.outcome {
    case .noted(let note): note
    case .answered(let status): "answered \(status)"
    case .passed, .failed: nil
    }
  }

  /// What a reader wants to know first: who it is, that nobody could check the token, or what was answered.
  private static func subject(_ runs: [FilterRun]) -> String? {
    if let note = runs.first(where: { $0.name == "revocation" }).flatMap(note) { return note }
    if let last = runs.last, case .answered = last.outcome { return note(last) }
    let telling = ["authentication", "sync-to-async", "error-answer"]
    return runs.first { telling.contains($0.name) }.flatMap(note)
  }
}
