import ArgumentParser
import Operations
import Shop
import Widgets
import Wording
import YAMLReading

/// `--scenario [NAME]`: a script of faults and load with what is expected of it, from the program or from a file.
struct ScenarioOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Play a scenario: a name, or the path of a YAML file; without one, or with list, tell which there are.",
      valueName: "name"))
  var scenario: String?

  static let list = "list"

  /// `--scenario` alone asks for the list: the parser itself knows no option that may or may not have a value.
  static func completed(_ arguments: [String]) -> [String] {
    var completed: [String] = []
    for (index, argument) in arguments.enumerated() {
      completed.append(argument)
      if argument == "--" { return completed + arguments[(index + 1)...] }
      guard argument == "--scenario" else { continue }
      let next = index + 1 < arguments.count ? arguments[index + 1] : nil
      if next == nil || next?.hasPrefix("-") == true { completed.append(list) }
    }
    return completed
  }

  var wantsList: Bool { scenario == Self.list }

  /// Nil where none is asked for.
  func chosen() throws -> Scenario? {
    guard let scenario else { return nil }
    if let known = ScenarioLibrary.named(scenario) { return known }
    guard scenario.contains("/") || scenario.contains(".") else {
      let advice = NearestNames.advice(for: scenario, among: ScenarioLibrary.all.map(\.name))
      throw Failure(description: "there is no scenario \"\(scenario)\"; \(advice)", status: Failure.usage)
    }
    let report = YAMLReport(file: scenario)
    let read = ScenarioFile.read(try SettingsFile.text(of: scenario), report)
    SettingsFile.say(report.warnings.map(\.description))
    guard let read else { throw SettingsFile.failure(report) }
    return read
  }

  /// How many customers come is part of a scenario.
  func check(rate: Double?) throws {
    guard scenario != nil, !wantsList, rate != nil else { return }
    throw ValidationError("--rate does not go with --scenario, which says itself how many customers come")
  }

  /// Each scenario with what it teaches, broken into lines of the terminal's usual width.
  static var listText: String {
    ScenarioLibrary.all.map { scenario in
      let facts =
        "\(FaultNotation.duration(scenario.duration)), \(Count.of(scenario.expectations.count, "expectation"))"
      let head = "\(scenario.name)  (\(facts))\n  \(scenario.title)"
      return head + "\n" + lines(scenario.teaches, width: 96).map { "    \($0)" }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
