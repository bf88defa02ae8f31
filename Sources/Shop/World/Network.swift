internal import Resilience
internal import Simulation
internal import TraceModel

/// What lies between two machines: a call is a message there and a message back, never an `await` into the callee.
final class Network: @unchecked Sendable {
  private let world: World

  init(world: World) {
    self.world = world
  }

  /// Sends a request and waits for its answer, for as long as the task is not cancelled. Cancelling it does not cancel
  /// the callee.
  /// - Throws: ``CallFailure``; `CancellationError`.
  func call(_ callee: String, _ request: Request, caller: String) async throws -> Response {
    let moment = FaultSwitchboard.Moment(
      service: callee, instance: 0, caller: caller, route: request.route, user: request.user, isOnEdge: true)
    let late = world.faults.latency(moment)
    if late > 0 { try await world.time.sleep(for: late) }
    if world.faults.fails(moment) {
      throw CallFailure.serverError(service: callee, status: 503, reason: "fault: errors", answer: nil)
    }
    let reply = Reply<Response>()
    let target = world.service(callee).next()
    return try await call(target, request, caller: caller, reply: reply)
  }

  /// As ``call(_:_:caller:)``, but to one instance.
  func call(
    _ target: ServiceInstance, _ request: Request, caller: String, reply: Reply<Response> = Reply<Response>()
  ) async throws -> Response {
    world.time.after(target.transit()) {
      if let process = target.process {
        process.accept(request, reply: reply, caller: caller)
      } else {
        reply.resolve(.failure(CallFailure.connectionRefused(target.service.name)))
      }
    }
    let response = try await reply.value()
    if response.status >= 500 {
      throw CallFailure.serverError(
        service: target.service.name, status: response.status, reason: response.body.reason ?? "", answer: response)
    }
    return response
  }
}
