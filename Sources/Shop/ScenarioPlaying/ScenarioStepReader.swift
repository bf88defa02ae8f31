internal import Operations
internal import Wording
internal import YAMLReading

/// Reads the steps of a scenario: each has a moment, and one thing to do.
struct ScenarioStepReader {
  /// How long the scenario plays.
  let end: Int64

  private static let deeds = ["fault", "end", "rate", "kill", "start", "breaker", "strangle"]

  func steps(_ value: YAMLValue?) -> [ScenarioStep] {
    guard let list = value?.list() else { return [] }
    var steps: [ScenarioStep] = []
    for item in list {
      guard let mapping = item.mapping(allowing: ["at"] + Self.deeds) else { continue }
      let at = mapping.required("at", "when it is done, such as 20s")?.duration(in: 0...end)
      let given = mapping.entries.filter { Self.deeds.contains($0.key) }
      guard let deed = given.first, given.count == 1 else {
        let count = given.isEmpty ? "nothing is done here" : "a step does one thing"
        item.fail("\(count); give it one of \(NearestNames.list(Self.deeds))")
        continue
      }
      guard let done = self.deed(deed, before: at.map { at in steps.filter { $0.at <= at } } ?? steps), let at else {
        continue
      }
      steps.append(ScenarioStep(at: at, deed: done, words: "\(deed.key) \(deed.value.scalar ?? "")"))
    }
    return steps
  }

  private func deed(_ entry: YAMLMapping.Entry, before: [ScenarioStep]) -> ScenarioStep.Deed? {
    let value = entry.value
    switch entry.key {
    case "fault": return value.scalar == "off" ? .command(.endAllFaults) : fault(value).map { .command(.arm($0)) }
    case "end": return value.scalar == "all" ? .command(.endAllFaults) : ending(value, before)
    case "rate": return value.number(in: 0...10_000).map { .command(.setRate($0)) }
    case "kill": return instance(value).map { .command(.killInstance(service: $0, instance: $1)) }
    case "breaker": return breaker(value)
    case "strangle": return share(value)
    default: return instance(value).map { .command(.startInstance(service: $0, instance: $1)) }
    }
  }

  private func fault(_ value: YAMLValue) -> FaultSpec? {
    let parser = FaultParser(catalogue: ShopPlan.catalogue)
    return value.parsed { (text) throws(FaultSpecError) in try parser.parse(text) }
  }

  /// What is to end must have been armed before.
  private func ending(_ value: YAMLValue, _ before: [ScenarioStep]) -> ScenarioStep.Deed? {
    guard let text = value.text() else { return nil }
    let armed = before.compactMap { step -> FaultSpec? in
      if case .command(.arm(let spec)) = step.deed { spec } else { nil }
    }
    let kinds = armed.map { "\($0.target):\($0.kind.name.rawValue)" }
    if let index = kinds.firstIndex(of: text) { return .end(armed[index].target, armed[index].kind.name) }
    if let spec = armed.first(where: { "\($0.target)" == text }) { return .end(spec.target, nil) }
    let names = kinds.isEmpty ? "nothing" : NearestNames.list(kinds)
    value.fail(
      "\(value.name) is \(quoted(text)); armed before it \(kinds.count > 1 ? "are" : "is") \(names) (all ends every fault)"
    )
    return nil
  }

  /// `gateway>order DISABLED`
  private func breaker(_ value: YAMLValue) -> ScenarioStep.Deed? {
    guard let text = value.text() else { return nil }
    let words = text.split(separator: " ").map(String.init)
    let edges = ShopPlan.catalogue.edges
    guard words.count == 2, let edge = edges.first(where: { "\($0.from)>\($0.to)" == words[0] }),
      let state = BreakerState(rawValue: words[1]), state != .halfOpen
    else {
      let calls = edges.map { "\($0.from)>\($0.to)" }.joined(separator: ", ")
      let states = BreakerState.allCases.filter { $0 != .halfOpen }.map(\.rawValue).joined(separator: ", ")
      value.fail(mustBe: "a call and a state: one of \(calls), and one of \(states)")
      return nil
    }
    return .force(caller: edge.from, callee: edge.to, state)
  }

  /// `review 50`
  private func share(_ value: YAMLValue) -> ScenarioStep.Deed? {
    guard let text = value.text() else { return nil }
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2, let capability = StranglerCapability(typed: words[0]), let share = Int(words[1]),
      StranglerSettings.range.contains(share)
    else {
      let names = StranglerCapability.allCases.map(\.rawValue).joined(separator: ", ")
      value.fail(mustBe: "what is moved, and to how much: one of \(names), and a percentage from 0 to 100")
      return nil
    }
    return .command(.configure(key: ShopConfiguration.share(capability), value: "\(share)"))
  }

  /// `payment/1`
  private func instance(_ value: YAMLValue) -> (service: String, name: String)? {
    guard let text = value.text() else { return nil }
    let own = ShopPlan.services.filter { !$0.isOutside }
    for service in own {
      for number in 1...service.instances where text == "\(service.name)/\(number)" {
        return (service.name, "\(service.name)-\(number)")
      }
    }
    let names = own.map { $0.instances > 1 ? "\($0.name)/1 to \($0.instances)" : "\($0.name)/1" }
    value.fail(mustBe: "an instance: \(names.joined(separator: ", "))")
    return nil
  }
}
