import Foundation
import Testing

/// Which module may import which: the arrows of the architecture. A lower one never imports a higher one.
@Suite struct ImportTests {
  private static let bus = ["EventBus", "TraceCollector", "Resilience", "TraceModel", "Concurrency"]

  /// Our modules, and of each what it may import of ours.
  private static let allowed: [String: [String]] = [
    "CSanitizer": [], "CChecksum": [], "CPrefetch": [], "CHashKey": [], "CZlib": [], "CSimulationGuard": [],
    "CNcurses": [],
    "CTerminalGuard": [], "CSQLiteHooks": [],
    "Concurrency": ["CSanitizer"],
    "Wording": [],
    "TraceModel": [],
    "Resilience": ["Concurrency"],
    "YAMLReading": ["Wording"],
    "Drawing": [],
    "EventBus": ["TraceModel", "Concurrency", "CChecksum"],
    "TraceCollector": ["TraceModel", "Concurrency", "CPrefetch", "CHashKey"],
    "Simulation": ["CSimulationGuard", "Concurrency"],
    "Transactions": ["CSQLiteHooks", "Resilience", "EventBus", "TraceModel", "Concurrency"],
    "Platform": ["YAMLReading", "Wording", "Resilience", "EventBus", "TraceModel", "Concurrency"],
    "ShopMessages": [],
    "Operations": bus + ["Wording"],
    "OTLPMessages": [],
    "Connectors": bus + ["OTLPMessages", "Operations", "CZlib"],
    "OTLPgRPC": ["Connectors", "OTLPMessages", "Concurrency"],
    "Terminal": ["Drawing", "Concurrency", "CNcurses", "CTerminalGuard"],
    "Widgets": ["Drawing"],
    "Dashboard": bus + ["Widgets", "Drawing", "Operations", "Wording"],
    "Shop": bus + ["ShopMessages", "Platform", "Transactions", "Simulation", "Operations", "YAMLReading", "Wording"],
  ]

  /// Modules that know no files, no processes, no time of day.
  private static let withoutFoundation = [
    "Concurrency", "TraceModel", "Resilience", "EventBus", "TraceCollector", "Simulation", "Platform", "Operations",
    "Drawing", "Widgets", "Terminal", "Dashboard", "YAMLReading", "Wording",
  ]

  @Test(arguments: SourceTree.modules.filter { $0 != "msatop" })
  func importsFollowTheArrows(module: String) throws {
    let allowed = try #require(Self.allowed[module], "module \(module) has no place in the architecture yet")
    let ours = Set(SourceTree.modules)
    for file in SourceTree.files(under: "Sources/\(module)") {
      for name in try SourceTree.imports(of: file) where ours.contains(name) {
        #expect(allowed.contains(name), "\(file.lastPathComponent) imports \(name)")
      }
    }
  }

  /// What the tests of all of them share leans on none, and nothing but tests leans on it.
  @Test func whatTestsShareStandsBesideTheModules() throws {
    let shared = SourceTree.files(under: "Tests/TestSupport")
    #expect(!shared.isEmpty)
    for file in shared {
      let ours = try SourceTree.imports(of: file).filter { SourceTree.modules.contains($0) }
      #expect(ours == [], "\(file.lastPathComponent)")
    }
    for file in SourceTree.files(under: "Sources") {
      #expect(try !SourceTree.imports(of: file).contains("TestSupport"), "\(file.lastPathComponent)")
    }
  }

  @Test(arguments: withoutFoundation)
  func thePureOnesStayPure(module: String) throws {
    for file in SourceTree.files(under: "Sources/\(module)") {
      #expect(try !SourceTree.imports(of: file).contains("Foundation"), "\(file.lastPathComponent)")
    }
  }

  @Test func onlyTheProgramImportsBothEnds() throws {
    for module in SourceTree.modules where module != "msatop" {
      for file in SourceTree.files(under: "Sources/\(module)") {
        let imports = try SourceTree.imports(of: file)
        #expect(!(imports.contains("Terminal") && imports.contains("Shop")), "\(file.lastPathComponent)")
      }
    }
  }
}
