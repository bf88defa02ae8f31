internal import Operations
internal import Simulation

/// Asks every instance every five seconds how it is: a real call over the network, which asks a real database.
final class HealthChecks: @unchecked Sendable {
  private unowned let world: World
  private static let interval: Int64 = 5_000_000_000

  init(world: World) {
    self.world = world
  }

  func begin() {
    for (index, instance) in world.services.flatMap(\.instances).filter({ !$0.service.plan.isOutside }).enumerated() {
      // Not all at the same moment.
      world.time.after(Int64(index) * 611_000_000 + 500_000_000) { [self] in check(instance) }
    }
  }

  /// One that came later.
  func watch(_ instance: ServiceInstance) { check(instance) }

  private func check(_ instance: ServiceInstance) {
    guard instance.service.instances.contains(where: { $0 === instance }) else { return }
    world.time.after(Self.interval) { [self] in check(instance) }
    guard let process = instance.process else { return }
    world.life.spawn { [self] in
      let reply = Reply<Response>()
      let timer = world.time.after(4_000_000_000) { reply.resolve(.failure(TimedOut())) }
      defer { timer.cancel() }
      var problem: String?
      do {
        let response = try await world.network.call(instance, Request("GET /health"), caller: "health", reply: reply)
        if response.status != 200 { problem = response.body.reason ?? "answers \(response.status)" }
      } catch is TimedOut {
        problem = "does not answer its health check"
      } catch {
        problem = "\(error)"
      }
      guard instance.process === process else { return }
      instance.checked(finding: problem)
      world.healthMayHaveChanged()
    }
  }
}
