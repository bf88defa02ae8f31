internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel

/// What lies between two machines: a call is a message there and a message back, never an `await` into the callee.
final class Network: @unchecked Sendable {
  private unowned let world: World

  init(world: World) {
    self.world = world
  }

  /// Sends a request to one of the instances that the caller knows, and waits for its answer, for as long as the task is
  /// not cancelled. Cancelling it does not cancel the callee. Who refuses the connection was not called: then another
  /// one is.
  /// - Throws: ``CallFailure``; `CancellationError`.
  func call(_ callee: String, _ request: Request, from process: ServiceProcess) async throws -> Response {
    let caller = process.instance.service.name
    let moment = FaultSwitchboard.Moment(
      service: callee, instance: 0, caller: caller, route: request.route, user: request.user, isOnEdge: true)
    let late = world.faults.latency(moment)
    if late > 0 { try await world.time.sleep(for: late) }
    if world.faults.fails(moment) {
      throw CallFailure.serverError(service: callee, status: 503, reason: "fault: errors", answer: nil)
    }
    let service = world.service(callee)
    // A company outside has one address, and is in nobody's registry.
    if service.plan.isOutside { return try await call(service.next(), request, caller: caller) }
    var tried: Set<String> = []
    while let target = process.directory.choose(callee, isForCanary: request.isForCanary, after: tried) {
      defer { process.directory.finished(target) }
      do {
        let response = try await call(at: target, request, caller: caller)
        process.directory.answered(target)
        return response
      } catch {
        guard case CallFailure.connectionRefused = error, process.directory.refused(target) else { throw error }
        tried.insert(target.id)
      }
    }
    throw tried.isEmpty ? CallFailure.noInstance(callee) : CallFailure.connectionRefused(callee)
  }

  /// Calls whoever has this address by now; a machine that was replaced has another one.
  private func call(at target: RegistryInstance, _ request: Request, caller: String) async throws -> Response {
    guard let instance = world.service(target.app).instances.first(where: { $0.address == target.id }) else {
      await world.time.pause(for: Self.resetTime)
      throw CallFailure.connectionRefused(target.app)
    }
    return try await call(instance, request, caller: caller)
  }

  /// Until an address that nobody has is known to be so.
  private static let resetTime: Int64 = 300_000

  /// As ``call(_:_:from:)``, but to one instance.
  func call(
    _ target: ServiceInstance, _ request: Request, caller: String, reply: Reply<Response> = Reply<Response>()
  ) async throws -> Response {
    world.time.after(target.transit()) {
      if let process = target.process, !process.isClosed {
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
