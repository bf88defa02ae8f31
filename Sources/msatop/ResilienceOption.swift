import ArgumentParser
import Foundation
import Platform
import YAMLReading

/// `--resilience FILE`: the guards of the calls, from the `resilience4j` block of a Spring Boot application.
struct ResilienceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take the guards of the calls from the resilience4j block of a Spring Boot application.yml.", valueName: "file"))
  var resilience: String?

  /// Nil where none is asked for. What is passed over is said on standard error; what is wrong ends the program.
  func settings() throws -> ResilienceFileSettings? {
    guard let resilience else { return nil }
    let report = YAMLReport(file: resilience)
    let settings = ResilienceFile.read(try SettingsFile.text(of: resilience), report)
    SettingsFile.say(report)
    guard let settings, !report.hasErrors else { throw SettingsFile.failure(report) }
    return settings
  }
}

/// Files that people write for the program to read.
enum SettingsFile {
  static func text(of path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Failure(description: "\(path) cannot be read: \(error.localizedDescription)", status: Failure.usage)
    }
  }

  static func say(_ report: YAMLReport) {
    for warning in report.warnings { StandardError.write("msatop: warning: \(warning)\n") }
  }

  /// All that is wrong, a line each: they are mended together.
  static func failure(_ report: YAMLReport) -> Failure {
    var lines = report.errors.map(\.description)
    let last = lines.popLast() ?? "\(report.file): it cannot be used"
    for line in lines { StandardError.write("msatop: \(line)\n") }
    return Failure(description: last, status: Failure.usage)
  }
}
