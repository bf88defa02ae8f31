import Foundation
import Testing

/// What keeps the sources readable, held by a test and not by good will.
@Suite struct TidinessTests {
  private static let folders = ["Sources", "Tests"]

  @Test func aFileHoldsOneIdea() throws {
    // Nobody reads, or splits, what a generator wrote.
    for file in Self.folders.flatMap({ SourceTree.files(under: $0) }) where !file.path.contains("/Generated/") {
      let count = try SourceTree.lines(of: file).count
      #expect(count <= 401, "\(file.lastPathComponent) has \(count) lines: split it")
    }
  }

  @Test func everyModuleSaysWhatItIsForAndWhatItNeverDoes() throws {
    for module in SourceTree.modules where !module.hasPrefix("C") || module == "Connectors" || module == "Concurrency" {
      let heads = try SourceTree.files(under: "Sources/\(module)").map { file in
        try SourceTree.lines(of: file).prefix { $0.hasPrefix("//") || $0.isEmpty }.joined(separator: " ")
      }
      #expect(
        heads.contains {
          $0.lowercased().contains("never") || $0.lowercased().contains("nothing else") || $0.contains("only place")
        },
        "no file of \(module) begins by saying what the module never does")
    }
  }

  @Test func theTopLevelIsSmall() throws {
    let visible = try FileManager.default.contentsOfDirectory(atPath: SourceTree.root.path).filter {
      !$0.hasPrefix(".")
    }
    let agreed: Set = [
      "Package.swift", "Package.resolved", "Sources", "Tests", "themes", "README.md", "Makefile", "LICENSE",
    ]
    #expect(Set(visible).subtracting(agreed).isEmpty)
  }

  /// Inside the simulation a task that is not started with `spawn` would leave it.
  @Test func tasksOfTheSimulationAreSpawned() throws {
    for module in ["Simulation", "Shop", "Transactions", "Platform", "Resilience", "EventBus", "TraceCollector"] {
      for file in SourceTree.files(under: "Sources/\(module)") {
        for line in try SourceTree.lines(of: file) where !line.drop(while: { $0 == " " }).hasPrefix("//") {
          for banned in ["Task {", "Task.immediate", "Task.sleep(", "@MainActor", "Date()", "UUID()", ".hashValue"] {
            #expect(!line.replacing("addTask", with: "").contains(banned), "\(file.lastPathComponent): \(line)")
          }
        }
      }
    }
  }
}
