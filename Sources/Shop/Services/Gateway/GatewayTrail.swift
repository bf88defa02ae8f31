internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel

/// The filters of one exchange as spans of the call tree: one for those of PRE that let it pass, one for the filter
/// that did not, one around the call, one each for ERROR and POST. Which filters ran stands in each.
struct GatewayTrail {
  let process: ServiceProcess
  let context: TraceContext
  /// When the exchange began.
  let start: Int64

  /// Text: the filters that ran, in order.
  static let filters = "gateway.filters"
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
    let skew = process.tracer.now - process.world.time.now
    var attributes = [SpanAttribute(Self.filters, .text(runs.map(\.name).joined(separator: " ")))]
    if let subject = Self.subject(runs) { attributes.append(SpanAttribute(AttributeName.subject, .text(subject))) }
    var span = TraceSpan(
      gtxid: context.gtxid, id: process.tracer.makeID(), parent: context.span, ltxid: context.ltxid, kind: .internal,
      service: process.tracer.serviceName, instance: process.tracer.instanceName, operation: name,
      start: start + skew, duration: end - start, status: .ok, attributes: attributes)
    if case .failed(let status, let reason) = runs.last?.outcome {
      span.status = .error
      span.message = "\(status) \(reason.rawValue)"
      span.attributes.append(SpanAttribute(Self.reason, .text(reason.rawValue)))
    }
    process.tracer.report(span)
  }

  /// What a reader wants to know first: who it is, that nobody could check the token, or what was answered.
  private static func subject(_ runs: [FilterRun]) -> String? {
    if case .noted(let note) = runs.first(where: { $0.name == "revocation" })?.outcome { return note }
    if case .answered(let status) = runs.last?.outcome { return "answered \(status)" }
    let telling = ["authentication", "sync-to-async", "error-answer"]
    guard case .noted(let note) = runs.first(where: { telling.contains($0.name) })?.outcome else { return nil }
    return note
  }
}
