import YAMLReading

@testable import Platform

/// A file that was read, and what was said of it.
struct FileReading {
  let settings: ResilienceFileSettings?
  let errors: [String]
  let warnings: [String]

  init(_ yaml: String) {
    let report = YAMLReport(file: "application.yml")
    settings = ResilienceFile.read(yaml, report)
    errors = report.errors.map(\.description)
    warnings = report.warnings.map(\.description)
  }

  /// - Parameter block: what stands below `resilience4j:`.
  init(block: String) {
    let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
    self.init("resilience4j:\n" + lines.map { "  \($0)" }.joined(separator: "\n"))
  }

  /// - Parameter property: one of an instance `order`, with the kind of guard before it: `retry.maxAttempts`.
  init(_ property: String, _ value: String) { self.init(Self.key(property) + ": \(value)") }

  private static func key(_ property: String) -> String {
    "resilience4j." + property.replacing(".", with: ".instances.order.")
  }

  /// What is said of the value that a reading of one property had.
  static func finding(_ property: String, _ message: String) -> String {
    let name = property.split(separator: ".")[1]
    return "application.yml:1:\(key(property).count + 3): \(name) is \(message)"
  }

  /// The guards of calls to `order`.
  var guards: EdgeGuardSettings? { settings?.guards(caller: "gateway", callee: "order") }
}
