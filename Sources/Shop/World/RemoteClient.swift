internal import Concurrency
internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel

/// One instance's way to one other service: Retry(CircuitBreaker(RateLimiter(TimeLimiter(Bulkhead(call))))).
final class RemoteClient: @unchecked Sendable {
  let plan: CallPlan
  let pipeline: ResiliencePipeline
  /// Built without breaker, bulkhead and time limiter.
  private(set) var isBare = false
  private unowned let process: ServiceProcess
  private let world: World

  init(_ plan: CallPlan, process: ServiceProcess) {
    self.plan = plan
    self.process = process
    world = process.world
    let time = world.time
    let callee = plan.callee
    do {
      let name = "\(process.instance.name) → \(callee)"
      let jitter = Locked(world.random("\(name)/back-off"))
      let breaker = try CircuitBreaker(name: name, settings: plan.breaker, now: time.now)
      var limit = TimeLimiterSettings()
      limit.timeoutDuration = plan.timeLimit
      pipeline = ResiliencePipeline(
        name: name,
        retry: try Retry(
          name: name, settings: plan.retry,
          shouldRetry: { plan.retriesRefusals || !($0 is CallNotPermitted) },
          random: { jitter.withLock { $0.unit() } }), circuitBreaker: breaker,
        rateLimiter: try plan.rateLimiter.map { try RateLimiter(name: name, settings: $0, now: time.now) },
        timeLimiter: try TimeLimiter(name: name, settings: limit),
        bulkhead: try Bulkhead(name: name, settings: plan.bulkhead), now: { time.now })
    } catch {
      preconditionFailure("the plan's guards for calls to \(callee) cannot be made: \(error)")
    }
    // From the start it is no change that anybody need be told of.
    fitGuards()
    observeBreaker()
  }

  /// Takes breaker, bulkhead and time limiter away, or gives them back: calls from now on go by that.
  func fitGuards() {
    let isWrong = process.makes(.noBreaker)
    guard isWrong != isBare else { return }
    isBare = isWrong
    do {
      try breaker.transition(to: isWrong ? .disabled : .closed, now: world.time.now)
    } catch {
      preconditionFailure("any breaker can be disabled and closed: \(error)")
    }
  }

  /// The guards as they are now.
  func guards(retrying: Bool) -> ResiliencePipeline {
    var guards = pipeline
    if !retrying { guards.retry = nil }
    if isBare { (guards.timeLimiter, guards.bulkhead) = (nil, nil) }
    return guards
  }

  var callee: String { plan.callee }

  /// The breaker goes by these from now on, in the state that it has.
  func useBreaker(_ settings: CircuitBreakerSettings) {
    guard settings != breaker.settings else { return }
    do {
      try breaker.change(to: settings, now: world.time.now)
    } catch {
      preconditionFailure("what cannot be used is not published: \(error)")
    }
    world.healthMayHaveChanged()
  }

  var breaker: CircuitBreaker {
    guard let breaker = pipeline.circuitBreaker else { preconditionFailure("every remote call has a breaker") }
    return breaker
  }

  /// `payment-1>payment-gateway`
  var breakerID: String { "\(process.instance.name)>\(callee)" }

  /// What one call came to, with what can be said of its attempts.
  struct Outcome {
    var result: Result<Response, any Error>
    /// True when some attempt may have had its effect although nobody answered.
    var isUnknown: Bool
  }

  /// Makes a call under all guards, each attempt a crossing and a CLIENT span of its own.
  func call(_ request: Request, in span: OpenSpan?, retrying: Bool = true) async -> Outcome {
    guard let context = TraceContext.current else { preconditionFailure("a remote call belongs to a transaction") }
    let guards = guards(retrying: retrying)
    let attempts = retrying ? plan.retry.maxAttempts : 1
    let notes = CallNotes()
    do {
      let response = try await guards.execute(
        clock: VirtualClock(world.time), tag: CallTag(high: context.gtxid.high, low: context.gtxid.low),
        onStep: { step in self.note(step, attempts: attempts, in: span, notes: notes) }
      ) { attempt in
        try await self.attempt(request, number: attempt, of: attempts, context: context)
      }
      return Outcome(result: .success(response), isUnknown: notes.isUnknown)
    } catch {
      return Outcome(result: .failure(error), isUnknown: notes.isUnknown)
    }
  }

  private func attempt(_ request: Request, number: Int, of attempts: Int, context: TraceContext) async throws
    -> Response
  {
    try process.life.check()
    let crossing = context.hops.nextCall()
    let span = process.tracer.start(
      request.route, kind: .client, gtxid: context.gtxid, parent: context.span, ltxid: crossing, peer: callee)
    if number > 1 || attempts > 1 && plan.retriesRefusals {
      span.set(AttributeName.attempt, .integer(Int64(number)))
      span.set(AttributeName.attempts, .integer(Int64(attempts)))
    }
    defer { span.end() }
    var request = request
    request.headers = Carrier.headers(gtxid: context.gtxid, ltxid: crossing, span: span.id)
    do {
      let response = try await world.network.call(callee, request, from: process)
      learn(response, context)
      span.set(AttributeName.httpStatus, .integer(Int64(response.status)))
      span.succeed()
      return response
    } catch is CancellationError {
      span.fail("no answer from \(callee) in \(Self.milliseconds(plan.timeLimit)) ms")
      throw CancellationError()
    } catch {
      if case CallFailure.serverError(_, let status, _, let answer) = error {
        // An error is an answer, too: it brings back the highest hop that was used before things went wrong.
        if let answer { learn(answer, context) }
        span.set(AttributeName.httpStatus, .integer(Int64(status)))
      }
      span.fail("\(error)")
      throw error
    }
  }

  private func learn(_ response: Response, _ context: TraceContext) {
    guard let text = response.headers.first(where: { $0.name == Carrier.ltxid })?.value,
      let hop = UInt32(text).flatMap({ LTXID($0) })
    else { return }
    context.hops.learn(hop)
  }

  private final class CallNotes: @unchecked Sendable {
    var isUnknown = false
  }

  private func note(_ step: ResilienceStep, attempts: Int, in span: OpenSpan?, notes: CallNotes) {
    switch step {
    case .refused(let attempt, let by, _):
      span?.event(
        SpanEventName.refused,
        [
          SpanAttribute(AttributeName.attempt, .integer(Int64(attempt))),
          SpanAttribute(AttributeName.attempts, .integer(Int64(attempts))),
          SpanAttribute(SpanEventName.guard, .text(by.rawValue)),
        ])
    case .backingOff(_, let wait):
      span?.event(SpanEventName.backOff, [SpanAttribute(SpanEventName.duration, .integer(wait.wholeNanoseconds))])
    case .cutOff:
      notes.isUnknown = true
      world.counters.timeOutsWithUnknownOutcome += 1
    case .failed(_, let error):
      if let failure = error as? CallFailure, failure.mayHaveHappened { notes.isUnknown = true }
    case .attempting, .succeeded: break
    }
  }

  private func observeBreaker() {
    let id = breakerID
    breaker.addObserver(for: .stateTransition) { [weak self] event in
      // A result that arrives after the crash changes nothing that anybody sees.
      guard let self, !self.process.life.isOver, let transition = event.transition else { return }
      if let tag = transition.tag, let gtxid = GTXID(high: tag.high, low: tag.low) {
        self.process.tracer.openSpan(of: gtxid)?.event(
          SpanEventName.breaker,
          [
            SpanAttribute(SpanEventName.breakerName, .text(self.breaker.name)),
            SpanAttribute(SpanEventName.from, .text(transition.from.rawValue)),
            SpanAttribute(SpanEventName.to, .text(transition.to.rawValue)),
          ])
      }
      self.world.breakerChanged(id: id, name: self.breaker.name, transition)
    }
  }

  private static func milliseconds(_ duration: Duration) -> Int64 { duration.wholeNanoseconds / 1_000_000 }
}
