public import Operations
internal import Wording
public import YAMLReading

/// Reads scenarios: a YAML mapping of name, title, teaches, seed, rate, duration, steps and expect.
public enum ScenarioFile {
  private static let keys = [
    "name", "title", "teaches", "seed", "rate", "journeys", "sagas", "duration", "steps", "expect",
  ]
  private static let longest: Int64 = 3_600_000_000_000

  /// The scenario in a file; everything that is wrong with it is noted in `report`, and then there is none.
  public static func read(_ yaml: String, _ report: YAMLReport) -> Scenario? {
    let documents = YAMLDocuments.read(yaml, report)
    guard let root = documents.first else {
      if !report.hasErrors { report.error("the file is empty; a scenario has \(NearestNames.list(keys))", at: nil) }
      return nil
    }
    if documents.count > 1 { documents[1].fail("a file holds one scenario; put this one into a file of its own") }
    guard let mapping = root.mapping(allowing: keys) else { return nil }
    let name = name(mapping.required("name", "it is started by its name"))
    let title = mapping.required("title", "what happens, in a few words")?.text()
    let teaches = mapping.required("teaches", "what is learnt from it, in a few sentences")?.text()
    let seed: UInt64? = mapping["seed"].map { $0.integer(in: 0 ... .max) } ?? 1
    let rate = mapping.required("rate", "transactions a second")?.number(in: 0...10_000)
    let journeys = weights(mapping["journeys"], among: Journey.allCases.map(\.rawValue))
    let sagas = weights(mapping["sagas"], among: SagaKind.allCases.map(\.rawValue))
    let duration = mapping.required("duration", "how long it plays, such as 90s")?.duration(in: 1_000_000_000...longest)
    // What is wrong with the times of steps is said even where the duration is wrong too.
    let end = duration ?? longest
    let steps = ScenarioStepReader(end: end).steps(mapping.required("steps", "a list of what is done when"))
    let expectations = ScenarioExpectationReader(end: end)
      .expectations(mapping.required("expect", "a list of what must come true"))
    guard !report.hasErrors, let name, let title, let teaches, let seed, let rate, let duration else { return nil }
    var scenario = Scenario(
      name: name, title: title, teaches: folded(teaches), seed: seed, rate: rate, duration: duration, steps: steps,
      expectations: expectations)
    scenario.journeys = journeys
    scenario.sagas = sagas
    return scenario
  }

  private static func name(_ value: YAMLValue?) -> String? {
    guard let value, let name = value.text() else { return nil }
    let isRight = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-") } && name != "list"
    if !isRight { value.fail(mustBe: "lower-case letters, digits and hyphens, and not list") }
    return name
  }

  /// `{buy: 3, browse: 1}`
  private static func weights(_ value: YAMLValue?, among names: [String]) -> [Scenario.Weight] {
    guard let value, let mapping = value.mapping(allowing: names) else { return [] }
    let weights = mapping.entries.compactMap { entry in
      entry.value.number(in: 0...1_000_000).map { Scenario.Weight(name: entry.key, weight: $0) }
    }
    if weights.allSatisfy({ $0.weight == 0 }) { value.fail("one weight of \(value.name) must be above 0") }
    return weights
  }

  /// A paragraph is one line, however it is broken in the file.
  private static func folded(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
