import ArgumentParser
import Foundation
import Platform
import Shop
import Wording
import YAMLReading

/// `--resilience FILE`: the guards of the calls, from the `resilience4j` block of a Spring Boot application.
struct ResilienceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the guards of the calls from the resilience4j block of a Spring Boot application.yml.", valueName: "file"))
  var resilience: String?

  /// Nil where none is asked for. What is passed over is said on standard error; what is wrong ends the program.
  func settings() throws -> ResilienceFileSettings? {
    let (settings, warnings) = try read()
    SettingsFile.say(warnings)
    return settings
  }

  /// What the file holds, and what of it is passed over, for whoever has to say that elsewhere.
  func read() throws -> (settings: ResilienceFileSettings?, warnings: [String]) {
    guard let resilience else { return (nil, []) }
    let report = YAMLReport(file: resilience)
    let settings = ResilienceFile.read(try SettingsFile.text(of: resilience), report)
    if let settings { noteUnused(settings, report) }
    let warnings = report.warnings.map(\.description)
    guard let settings, !report.hasErrors else {
      SettingsFile.say(warnings)
      throw SettingsFile.failure(report)
    }
    return (settings, warnings)
  }

  /// A name that no call looks for guards nothing, and is mistyped more often than not; nor does the second of two
  /// spellings.
  private func noteUnused(_ settings: ResilienceFileSettings, _ report: YAMLReport) {
    let wanted = ShopCalls.guardNames
    for (name, position) in settings.instances where !wanted.contains(name) {
      let near = NearestNames.nearest(to: name, among: wanted)
      let advice =
        near.isEmpty
        ? "say the name of who is called, such as payment-gateway" : "do you mean \(near.joined(separator: " or "))?"
      report.warn("instance \(quoted(name)) guards no call of the shop; \(advice)", at: position)
    }
    for (name, position, instead) in settings.passedOver(on: ShopCalls.edges) {
      report.warn(
        "instance \(quoted(name)) guards no call of the shop, since \(quoted(instead)) guards what it could; leave one out",
        at: position)
    }
  }
}

/// Files that people write for the program to read.
enum SettingsFile {
  static func text(of path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(description: "\(path) cannot be read: \(reason(error, path))", status: Failure.usage)
    }
  }

  private static func reason(_ error: any Error, _ path: String) -> String {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      return "it is a directory; name a file in it"
    }
    return switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: "there is no such file"
    case .fileReadNoPermission: "you may not read it"
    case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: "it is no text in UTF-8"
    default: error.localizedDescription
    }
  }

  static func say(_ warnings: [String]) {
    for warning in warnings { StandardError.write("msatop: warning: \(warning)\n") }
  }

  /// All that is wrong, a line each: they are mended together.
  static func failure(_ report: YAMLReport) -> Failure {
    var lines = report.errors.map(\.description)
    let last = lines.popLast() ?? "\(report.file): it cannot be used"
    for line in lines { StandardError.write("msatop: \(line)\n") }
    return Failure(description: last, status: Failure.usage)
  }
}
