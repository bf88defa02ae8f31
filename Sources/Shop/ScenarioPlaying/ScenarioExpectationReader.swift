internal import Operations
internal import Platform
internal import YAMLReading

/// Reads what a scenario expects: a condition, and when it must hold.
struct ScenarioExpectationReader {
  /// How long the scenario plays.
  let end: Int64

  private static let keys = ["by", "from", "to", "that", "always", "finally", "because"]
  private static let forms =
    "give it by and that, from, to and that, always, or finally: for example {by: 40s, that: lag payment > 100}"

  func expectations(_ value: YAMLValue?) -> [ScenarioExpectation] {
    guard let value, let list = value.list() else { return [] }
    if list.isEmpty { value.fail("a scenario that expects nothing shows nothing; expect at least one thing") }
    return list.compactMap { item in
      guard let mapping = item.mapping(allowing: Self.keys) else { return nil }
      let because = mapping["because"].map { $0.text() ?? "" } ?? ""
      guard let (span, condition) = parts(mapping, item) else { return nil }
      return ScenarioExpectation(span, condition, because: because)
    }
  }

  private func parts(_ mapping: YAMLMapping, _ item: YAMLValue) -> (ScenarioExpectation.Span, ScenarioCondition)? {
    switch Set(mapping.entries.map(\.key)).subtracting(["because"]) {
    case ["always"]: return condition(mapping["always"]).map { (.always, $0) }
    case ["finally"]: return condition(mapping["finally"]).map { (.finally, $0) }
    case ["by", "that"], ["by", "from", "that"]:
      let first: Int64? = mapping["from"].map { $0.duration(in: 0...end) } ?? 0
      let last = mapping["by"]?.duration(in: 0...end)
      guard let condition = condition(mapping["that"]), let first, let last else { return nil }
      guard isForward(first, last, mapping["by"]) else { return nil }
      return (.by(last, from: first), condition)
    case ["from", "to", "that"]:
      let (first, last) = (mapping["from"]?.duration(in: 0...end), mapping["to"]?.duration(in: 0...end))
      guard let condition = condition(mapping["that"]), let first, let last else { return nil }
      guard isForward(first, last, mapping["to"]) else { return nil }
      return (.during(first, last), condition)
    default:
      item.fail("\(item.name) says not when what must hold; \(Self.forms)")
      return nil
    }
  }

  private func isForward(_ first: Int64, _ last: Int64, _ value: YAMLValue?) -> Bool {
    if first < last { return true }
    let begin = first == 0 ? "the beginning" : "its from"
    value?.fail("\(value?.name ?? "it") is not after \(begin); it must be later")
    return false
  }

  private func condition(_ value: YAMLValue?) -> ScenarioCondition? {
    guard let value, let text = value.text() else { return nil }
    let parser = ScenarioConditionParser(
      catalogue: ShopPlan.catalogue, topics: ShopPlan.topics, refusals: GatewayReason.allCases.map(\.rawValue))
    do throws(ScenarioConditionError) {
      return try parser.parse(text)
    } catch {
      value.fail(error.description, at: error.offset)
      return nil
    }
  }
}
