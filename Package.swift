// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  // An async function runs where its caller runs: inside the simulation every change of executor costs a job.
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// Whether two accesses of one variable overlap is checked while tests run; the program that is released does without, and
/// specialises what is generic across modules. Together they save a tenth of a simulation's time.
let released: [SwiftSetting] =
  strict + [
    .unsafeFlags(["-enforce-exclusivity=unchecked", "-cross-module-optimization"], .when(configuration: .release))
  ]

/// One folder of Sources, with what it may import: the arrows of the architecture, from the bottom to the top.
func module(
  _ name: String, _ dependencies: [Target.Dependency] = [], leavingOut files: [String] = [],
  resources: [Resource]? = nil
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: files, resources: resources, swiftSettings: released)
}

/// The same for what other packages may build on, too: they take no module with compiler flags of its own.
func shared(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], fixtures: Bool = false) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    resources: fixtures ? [.copy("Fixtures")] : nil, swiftSettings: strict)
}

let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

/// gRPC's server; only in builds that ask for it, because it brings much with it.
let grpcServer: [Target.Dependency] = [
  .product(name: "GRPCCore", package: "grpc-swift-2", condition: .when(traits: ["GRPC"])),
  .product(
    name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOHTTP2", package: "swift-nio-http2", condition: .when(traits: ["GRPC"])),
  .product(name: "NIOHPACK", package: "swift-nio-http2", condition: .when(traits: ["GRPC"])),
]

/// An HTTP server that reads bodies as they come, and turns away what is too large before it is held.
let httpServer: [Target.Dependency] = [
  .product(name: "HummingbirdCore", package: "hummingbird"),
  httpTypes,
  .product(name: "Logging", package: "swift-log"),
  nioCore, nioHTTP1, nioPosix,
]

/// Bytes that a fuzzer makes up for what reads bytes from outside. It needs the compiler's own runtime for that, so that
/// nothing but `make fuzz` sees it.
let fuzzing: [Target] =
  Context.environment["MSATOP_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "fuzz", dependencies: ["Connectors", "OTLPMessages", "TraceCollector", "TraceModel", protobuf],
      path: "Tests/Fuzz", swiftSettings: strict)
  ]

let package = Package(
  name: "msatop",
  products: [
    .executable(name: "msatop", targets: ["msatop"]),
    .library(name: "EventBus", targets: ["EventBus"]),
    .library(name: "TraceCollector", targets: ["TraceCollector"]),
    .library(name: "Resilience", targets: ["Resilience"]),
    .library(name: "TraceModel", targets: ["TraceModel"]),
  ],
  traits: [
    .trait(name: "GRPC", description: "OTLP over gRPC, too: --otlp-grpc.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.42.0"),
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2.git", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport.git", from: "2.9.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2"),
    .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
  ],
  targets: [
    // Under everything: one lock, one checksum.
    .target(name: "CSanitizer"),
    .target(name: "CChecksum"),
    .target(name: "CPrefetch"),
    .target(name: "CHashKey"),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    shared("Concurrency", ["CSanitizer"]),
    module("Wording"),

    // The words, and the two stores that every kind of system fills.
    shared("TraceModel"),
    shared("Resilience", ["Concurrency"]),
    shared("EventBus", ["Concurrency", "CChecksum", orderedCollections]),
    shared("TraceCollector", ["TraceModel", "Concurrency", "CPrefetch", "CHashKey", deque, histogram]),
    module("Operations", ["TraceCollector", "EventBus", "Resilience", "TraceModel", "Wording", "Concurrency"]),

    // Files that people write: settings and scripts.
    module("YAMLReading", ["Wording", yams]),

    // The simulated MSA.
    .target(name: "CSimulationGuard"),
    module("Simulation", ["CSimulationGuard", "Concurrency"]),
    .target(name: "CSQLiteHooks", linkerSettings: [.linkedLibrary("sqlite3")]),
    module("Transactions", ["CSQLiteHooks", "EventBus", "TraceModel", "Concurrency", grdb, sqlite]),
    // What every service of an MSA leans on. jwt-kit reads tokens as the rest of the world writes them.
    module("Platform", ["YAMLReading", "Wording", "Resilience", "TraceModel", orderedCollections, crypto, jwt]),
    // The messages between services that are protobuf; `make messages` generates their code anew.
    module("ShopMessages", [protobuf], leavingOut: ["products_info.proto"]),
    module(
      "Shop",
      [
        "ShopMessages", "Platform", "Transactions", "Simulation", "Operations", "Resilience", "EventBus",
        "TraceCollector",
        "TraceModel",
        "YAMLReading", "Wording", "Concurrency", orderedCollections, grdb, crypto,
      ], resources: [.embedInCode("Scenarios")]),

    // Real systems.
    // The messages of OpenTelemetry's protocol; `make messages` generates their code anew.
    module("OTLPMessages", [protobuf], leavingOut: ["google", "opentelemetry"]),
    module(
      "Connectors",
      ["OTLPMessages", "Operations", "TraceCollector", "TraceModel", "Concurrency", "CZlib", protobuf] + httpServer),

    module("OTLPgRPC", ["Connectors", "OTLPMessages", "Concurrency", protobuf, nioCore] + grpcServer),

    // The screen.
    .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "CTerminalGuard"),
    module("Drawing"),
    module("Terminal", ["Drawing", "Concurrency", "CNcurses", "CTerminalGuard"]),
    module("Widgets", ["Drawing", yams], resources: [.embedInCode("themes")]),
    module("Dashboard", ["Widgets", "Drawing", "Operations", "TraceCollector", "EventBus", "TraceModel", "Wording"]),

    // One program of it all.
    .executableTarget(
      name: "msatop",
      dependencies: [
        "Dashboard", "Terminal", "Widgets", "Drawing", "Shop", "ShopMessages", "Platform", "Connectors", "OTLPgRPC",
        "Operations", "EventBus", "TraceCollector", "TraceModel", "YAMLReading", "Wording", "Concurrency",
        argumentParser,
      ],
      swiftSettings: released),

    // Killed while it writes to a log on disk.
    .executableTarget(
      name: "log-torture", dependencies: ["EventBus", "Concurrency", "TestSupport", argumentParser],
      path: "Tests/LogTorture", swiftSettings: strict),

    // What the tests of several modules need.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),

    tests(of: "msatop", [subprocess, system]),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    tests(
      of: "Shop",
      [
        "Operations", "Platform", "ShopMessages", "Simulation", "EventBus", "TraceModel", "TraceCollector",
        "Resilience", "Transactions", "Concurrency", crypto,
      ]),
    tests(of: "Wording"),
    tests(of: "TraceModel"),
    tests(of: "Resilience", ["Concurrency"], fixtures: true),
    tests(of: "EventBus", ["Concurrency", "CChecksum"], fixtures: true),
    tests(of: "TraceCollector", ["TraceModel", "Concurrency"]),
    tests(of: "Operations", ["TraceCollector", "TraceModel"]),
    tests(of: "YAMLReading", ["Wording"]),
    tests(of: "Simulation"),
    tests(of: "Transactions", ["EventBus", "TraceModel", "Concurrency"], fixtures: true),
    tests(of: "Platform", ["YAMLReading", "Resilience", "TraceModel", jwt]),
    tests(
      of: "Connectors",
      [
        "OTLPMessages", "Operations", "TraceCollector", "TraceModel", "Concurrency", protobuf, httpTypes, nioCore,
        nioEmbedded, nioPosix,
      ]
    ),
    tests(
      of: "OTLPgRPC",
      ["Connectors", "OTLPMessages", "TraceCollector", "TraceModel", "Concurrency", protobuf, nioCore, nioPosix]
        + grpcServer),
    tests(of: "Drawing", ["CNcurses"]),
    tests(of: "Terminal", ["Drawing", "CNcurses"]),
    tests(of: "Widgets", ["Drawing"]),
    tests(of: "Dashboard", ["Widgets", "Drawing", "Operations", "TraceCollector", "EventBus", "TraceModel"]),
  ] + fuzzing
)
