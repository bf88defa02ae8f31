// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// One folder of Sources, with what it may import: the arrows of the architecture, from the bottom to the top.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource]? = nil) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], fixtures: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    resources: fixtures ? [.copy("Fixtures")] : nil, swiftSettings: strict)
}

let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "msatop",
  products: [
    .executable(name: "msatop", targets: ["msatop"]),
    .library(name: "EventBus", targets: ["EventBus"]),
    .library(name: "TraceCollector", targets: ["TraceCollector"]),
    .library(name: "Resilience", targets: ["Resilience"]),
    .library(name: "TraceModel", targets: ["TraceModel"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
  ],
  targets: [
    // Under everything: one lock.
    .target(name: "CSanitizer"),
    module("Concurrency", ["CSanitizer"]),

    // The words, and the two stores that both kinds of system fill.
    module("TraceModel"),
    module("Resilience", ["Concurrency"]),
    module("EventBus", ["Concurrency", collections]),
    module("TraceCollector", ["TraceModel", "Concurrency", collections, histogram]),
    module("Operations", ["TraceCollector", "EventBus", "Resilience", "TraceModel", "Concurrency", collections]),

    // The simulated MSA.
    .target(name: "CSimulationGuard"),
    module("Simulation", ["CSimulationGuard", "Concurrency"]),
    module(
      "Shop",
      [
        "Simulation", "Operations", "Resilience", "EventBus", "TraceCollector", "TraceModel", "Concurrency",
        collections,
        grdb, crypto,
      ]),

    // Real systems.
    module("Connectors", ["Operations", "TraceModel", "Concurrency", hummingbird]),

    // The screen.
    .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CTerminalGuard"),
    module("Drawing"),
    module("Terminal", ["Drawing", "Concurrency", "CNcurses", "CTerminalGuard"]),
    module("Widgets", ["Drawing", yams], resources: [.embedInCode("themes")]),
    module(
      "Dashboard",
      ["Widgets", "Drawing", "Operations", "TraceCollector", "EventBus", "Resilience", "TraceModel", collections]),

    // One program of it all.
    .executableTarget(
      name: "msatop",
      dependencies: ["Dashboard", "Terminal", "Widgets", "Shop", "Connectors", "Operations", argumentParser],
      swiftSettings: strict),

    tests(of: "TraceModel"),
    tests(of: "Simulation"),
  ]
)
