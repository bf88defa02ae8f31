import Operations
import Platform
import Simulation
import Testing
import TraceModel

@testable import Shop

/// Row 14, what it says of leases, supervisors, pushed configuration and scaling: ten minutes of all of them, and the same
/// with each of them switched off.
@Suite struct Row14TenMinutesTests: OperatorFixture {
  private struct Run {
    let stage: Stage
    /// When what was done began or ended, in nanoseconds since the Unix epoch.
    var moments: [String: Int64] = [:]
    /// What was refused.
    var refusals: [String] = []
  }

  private func tenMinutes(
    faults: [String] = [], scales: Bool = true, _ change: (inout ShopSettings) -> Void = { _ in }
  ) -> Run {
    let stage = Stage(seed: 14, rate: 4, faults: faults) {
      $0.mix = LoadMix(
        journeys: [(.buy, 3), (.browse, 4), (.search, 3), (.review, 1)], sagas: [(.choreographed, 2), (.join, 1)])
      change(&$0)
    }
    var run = Run(stage: stage)
    func act(_ command: Command) {
      if case .refused(let reason) = perform(command, stage) { run.refusals.append(reason) }
    }
    func at(_ second: Double, _ name: String) {
      stage.run(second - Double(stage.world.time.elapsed) / 1e9)
      run.moments[name] = stage.world.time.now
    }
    at(10, "configured")
    act(.configure(key: "catalog.supervisor", value: "off"))
    at(30, "killed")
    act(.killInstance(service: "catalog", instance: "catalog-2"))
    act(.killInstance(service: "review", instance: "review-1"))
    at(60, "route off")
    act(.configure(key: "route.search", value: "off"))
    at(120, "route on")
    act(.rollBackConfiguration(version: 2))
    at(230, "started")
    act(.startInstance(service: "catalog", instance: "catalog-2"))
    if scales { act(.scale(service: "review", instances: 4)) }
    at(320, "scaled out")
    if scales { act(.scale(service: "review", instances: 1)) }
    at(430, "scaled in")
    stage.arm("registry:partition,share=50%,ttl=120s")
    at(545, "parted")
    at(590, "over")
    stage.world.customers.close()
    at(600, "end")
    return run
  }

  /// What the registry answers to who asks.
  private func listed(_ stage: Stage) -> [RegistryInstance] {
    stage.world.registryBook?.registry.listing.instances ?? []
  }

  // MARK: Findings

  private func findings(_ run: Run) -> [String] {
    let traces = run.stage.tracesOfAll()
    return leases(run) + served(run, traces) + pushed(run, traces)
  }

  /// By what was told, and what the registry lists.
  private func leases(_ run: Run) -> [String] {
    var findings: [String] = []
    let told = run.stage.operations()
    let evicted = told.filter { $0.change == "evicted" }
    let early = evicted.filter { $0.time < run.moments["started"] ?? 0 }.map(\.subject)
    if early.count != 1 || early.first?.hasPrefix("catalog-2:") != true { findings.append("evicted by then: \(early)") }
    let late = evicted.count - early.count
    if late > 0 { findings.append("\(late) were evicted while the network was parted") }
    if !told.contains(where: { $0.change == "preserves itself" }) { findings.append("the registry spares nobody") }
    let own = run.stage.world.services.filter { !$0.plan.isOutside }.flatMap(\.instances)
    let missing = Set(own.map(\.address)).subtracting(listed(run.stage).filter { $0.status == .up }.map(\.id))
    if !missing.isEmpty { findings.append("not listed at the end: \(missing.sorted())") }
    let killed = run.moments["killed"] ?? 0
    func back(_ instance: String) -> Int64 {
      told.first { $0.subject == instance && $0.change == "started" && $0.time > killed }?.time ?? .max
    }
    if back("review-1") > killed + 5_000_000_000 { findings.append("review-1 was not brought back") }
    if back("catalog-2") < run.moments["started"] ?? 0 {
      findings.append("catalog-2 was not left alone, although its supervisor is off")
    }
    return findings
  }

  /// By the spans: who took calls, and what customers have lost.
  private func served(_ run: Run, _ traces: [[TraceSpan]]) -> [String] {
    var findings: [String] = []
    func instances(of service: String, from start: String, to end: String) -> Int {
      let range = (run.moments[start] ?? 0)..<(run.moments[end] ?? 0)
      let spans = traces.joined().filter { $0.service == service && $0.kind == .server && range.contains($0.start) }
      return Set(spans.map(\.instance)).count
    }
    let wide = instances(of: "review", from: "started", to: "scaled out")
    let narrow = instances(of: "review", from: "scaled in", to: "over")
    if wide != 4 || narrow != 1 { findings.append("\(wide), then \(narrow) instances of review took calls") }
    let catalogs = instances(of: "catalog", from: "killed", to: "started")
    let both = instances(of: "catalog", from: "scaled in", to: "over")
    if catalogs != 1 || both != 2 { findings.append("\(catalogs), then \(both) instances of catalog took calls") }
    let failed = traces.compactMap { $0.first { $0.parent == nil } }.count { $0.httpStatus ?? 0 >= 500 }
    if failed > 0 { findings.append("\(failed) requests have failed") }
    if run.stage.partialPages() > 0 { findings.append("\(run.stage.partialPages()) pages were not whole") }
    return findings
  }

  /// A route that is taken away is not there for as long, at any gateway; each has a second to learn of it.
  private func pushed(_ run: Run, _ traces: [[TraceSpan]]) -> [String] {
    let second: Int64 = 1_000_000_000
    let (off, on) = (run.moments["route off"] ?? 0, run.moments["route on"] ?? 0)
    let searches = traces.compactMap { $0.first { $0.parent == nil } }.filter { $0.operation == "GET /search" }
    let wrong = searches.filter { span in
      if [off, on].contains(where: { ($0 - second...$0 + 2 * second).contains(span.start) }) { return false }
      return span.httpStatus != ((off...on).contains(span.start) ? 404 : 200)
    }
    let during = searches.count { (off + 2 * second..<on).contains($0.start) }
    return (wrong.isEmpty ? [] : ["\(wrong.count) searches were answered by another configuration"])
      + (during > 10 ? [] : ["only \(during) have searched meanwhile"])
  }

  @Test func tenMinutesOfLeasesSupervisorsConfigurationAndScaling() {
    let run = tenMinutes()
    #expect(run.refusals == [])
    #expect(findings(run) == [])
    #expect(run.stage.problems() == [])
  }

  /// The twin: no lease ever ends, nobody brings anybody back, nothing is pushed, and nobody scales.
  @Test func withoutThemEachIsMissed() {
    let run = tenMinutes(faults: ["config:crash"], scales: false) {
      $0.discovery.registry.evictionInterval = 10_000_000_000_000
      $0.supervision.usual = .off
    }
    let findings = findings(run)
    for finding in [
      "evicted by then: []", "review-1 was not brought back", "the registry spares nobody",
      "1, then 1 instances of review took calls",
    ] {
      #expect(findings.contains(finding), "\(findings)")
    }
    #expect(findings.contains { $0.hasSuffix("searches were answered by another configuration") }, "\(findings)")
  }

  /// The twin of sparing: half of all are gone from the registry, though all of them work.
  @Test func withoutSelfPreservationHalfOfAllAreEvicted() {
    let run = tenMinutes { $0.discovery.registry.isSelfPreservationEnabled = false }
    let findings = findings(run)
    #expect(findings.contains { $0.hasSuffix("were evicted while the network was parted") }, "\(findings)")
    #expect(findings.contains("the registry spares nobody"), "\(findings)")
  }
}
