internal import Operations
internal import OrderedCollections
internal import Wording
internal import YAMLReading

/// Steps that change what runs: settings, sizes and versions.
extension ScenarioStepReader {
  /// `order.pool 5`
  func setting(_ value: YAMLValue, _ before: [ScenarioStep]) -> ScenarioStep.Deed? {
    guard let words = words(of: value) else { return nil }
    guard words.count > 1 else {
      value.fail(mustBe: "a setting and its value, such as order.pool 5")
      return nil
    }
    let (key, wanted) = (words[0], words.dropFirst().joined(separator: " "))
    let known = known
    guard known[key] != nil else {
      let advice = NearestNames.advice(for: key, among: Array(known.values.keys))
      value.fail("there is no setting \(quoted(key)); \(advice)")
      return nil
    }
    var next = known
    // Values hang together: what was set before counts.
    for case .command(.configure(let key, let value)) in before.map(\.deed) { next[key] = value }
    next[key] = wanted
    if let problem = next.problems(knowing: known).first {
      value.fail(problem, at: key.count + 1)
      return nil
    }
    return .command(.configure(key: key, value: wanted))
  }

  /// What every shop with these databases can be told, and one that is being strangled.
  private var known: ShopConfiguration {
    var settings = ShopSettings()
    settings.topology = topology
    settings.strangler.isUnderWay = true
    return ShopConfiguration(settings)
  }

  /// `order 4`
  func size(_ value: YAMLValue) -> ScenarioStep.Deed? {
    guard let words = words(of: value) else { return nil }
    let names = Self.deployable.filter { $0 != ShopPlan.registry }
    let counts = 1...DeploymentDesk.mostInstances
    guard words.count == 2, names.contains(words[0]), let count = Int(words[1]), counts.contains(count) else {
      value.fail(
        mustBe:
          "a service and how many instances: one of \(names.joined(separator: ", ")), and \(counts.lowerBound) to \(counts.upperBound)"
      )
      return nil
    }
    return .command(.scale(service: words[0], instances: count))
  }

  /// `order v2`, or with a canary first: `order v2 canary=10%`
  func version(_ value: YAMLValue) -> ScenarioStep.Deed? {
    guard let words = words(of: value) else { return nil }
    let names = Self.deployable.filter { $0 != ShopPlan.registry }
    guard words.count == 2 || words.count == 3, names.contains(words[0]), CommandDesk.isVersion(words[1]) else {
      value.fail(
        mustBe:
          "a service and a version, and perhaps a canary's share, such as order v2 canary=10%: one of \(names.joined(separator: ", "))"
      )
      return nil
    }
    guard words.count == 3 else {
      return .command(.deploy(service: words[0], version: words[1], canary: nil))
    }
    let parts = words[2].split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0] == "canary", let share = FaultNotation.share(parts[1]), share > 0 else {
      value.fail("\(quoted(words[2])) is no canary; it is a share of the calls, such as canary=10%")
      return nil
    }
    if ShopPlan.service(words[0]).instances == 1 {
      value.fail("a canary wants a second instance, and \(words[0]) has one")
      return nil
    }
    return .command(.deploy(service: words[0], version: words[1], canary: share))
  }

  /// Those whose machines are ours.
  private static var deployable: [String] { ShopPlan.services.filter { !$0.isOutside }.map(\.name) }

  private func words(of value: YAMLValue) -> [String]? {
    value.text().map { $0.split(separator: " ").map(String.init) }
  }
}
