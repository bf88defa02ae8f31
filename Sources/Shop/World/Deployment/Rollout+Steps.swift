internal import Operations
internal import Platform
internal import Simulation

extension Rollout {
  func carryOut(_ instruction: DeploymentInstruction) {
    world.life.spawn { [self] in
      let outcome = await perform(instruction)
      report(instruction, outcome)
    }
  }

  private func perform(_ instruction: DeploymentInstruction) async -> DeploymentOutcome {
    if instruction.step == .start {
      let there = service.instances.first { $0.name == instruction.instance }
      let instance = there ?? service.add(version: instruction.version)
      if there == nil { world.checks.watch(instance) }
      return await comesUp(instance)
    }
    guard let instance = service.instances.first(where: { $0.name == instruction.instance }) else {
      return .failed("\(instruction.instance) is no more")
    }
    switch instruction.step {
    case .drain: return await drain(instance)
    case .deregister:
      guard let process = instance.process else { return .done }
      return await process.registryAgent.deregister() ? .done : .failed("the registry does not answer")
    case .replace:
      await instance.process?.retire()
      instance.replace(with: instruction.version)
      return await comesUp(instance)
    case .register: return await register(instance)
    case .awaitHealth: return await isHealthy(instance)
    case .stop:
      await instance.process?.retire()
      service.remove(instance)
      world.healthMayHaveChanged()
      return .done
    case .start: preconditionFailure("a new instance is started before anything is done to it")
    }
  }

  /// Callers learn from the registry that it takes no more calls; when all had the time to, it refuses connections, and
  /// the calls that run are answered.
  private func drain(_ instance: ServiceInstance) async -> DeploymentOutcome {
    guard let process = instance.process else { return .done }
    process.isLeaving = true
    process.drains += 1
    let number = process.drains
    world.healthMayHaveChanged()
    if await process.registryAgent.leaveService() {
      await world.time.pause(for: world.settings.discovery.registry.fetchInterval + 5_000_000_000)
    }
    func isStillDrained() -> Bool { process.isLeaving && process.drains == number }
    guard isStillDrained() else { return .failed("it was taken back into service") }
    process.isClosed = true
    while process.openCalls > 0, !process.life.isOver, isStillDrained() { await world.time.pause(for: 50_000_000) }
    return isStillDrained() ? .done : .failed("it was taken back into service")
  }

  private func register(_ instance: ServiceInstance) async -> DeploymentOutcome {
    if isCanary(instance), await !isShareKnown() {
      return .failed("the canary's share is not published: \(shareProblem)")
    }
    guard let process = instance.process else { return .failed("it is not running") }
    process.isLeaving = false
    process.isClosed = false
    guard await process.registryAgent.register(), await process.registryAgent.enterService() else {
      return .failed("the registry does not answer")
    }
    world.healthMayHaveChanged()
    return .done
  }

  /// It is the first of its version, and to be looked at.
  private func isCanary(_ instance: ServiceInstance) -> Bool {
    guard case .rolling(let rolling) = operation, case .rolling = rolling.phase else { return false }
    return rolling.canary != nil && !rolling.isPromoted && instance.version == rolling.version
  }

  /// Nobody shall call a canary who does not know how many calls are for it: it is listed when its share was pushed. Who
  /// is up and cannot be reached is waited for 5 seconds.
  private func isShareKnown() async -> Bool {
    if unpublishedShare != nil { return false }
    let end = world.time.now + 5_000_000_000
    while !world.configuration.isPushed, world.time.now < end, !world.life.isOver {
      await world.time.pause(for: 100_000_000)
    }
    return true
  }

  private func comesUp(_ instance: ServiceInstance) async -> DeploymentOutcome {
    let end = world.time.now + 5_000_000_000
    while !instance.isUp, world.time.now < end, !world.life.isOver { await world.time.pause(for: 50_000_000) }
    return instance.isUp ? .done : .failed("it does not start")
  }

  /// Its own check of health goes well, asked over the network.
  private func isHealthy(_ instance: ServiceInstance) async -> DeploymentOutcome {
    let reply = Reply<Response>()
    let timer = world.time.after(4_000_000_000) { reply.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    do {
      let response = try await world.network.call(
        instance, Request("GET /health"), caller: "deployment", reply: reply)
      return response.status == 200 ? .done : .failed("its check of health answers \(response.status)")
    } catch {
      return .failed("its check of health fails: \(error)")
    }
  }
}
