import Foundation
import Testing

/// The cockpit in a real terminal, from the first frame to the last.
@Suite(.serialized) struct CockpitTests {
  @Test func aTransactionIsThreeKeysAway() async throws {
    let session = try await TerminalSession("--seed 3 --start-at 10s --frozen")
    #expect(try await session.shows("1 Overview"))
    try await session.press("5")
    #expect(try await session.shows("COMMITTED"))
    try await session.press("/")
    try await session.type("status=compensated")
    try await session.press("Enter")
    #expect(try await session.shows("↺ COMPENSATED"))
    try await session.press("Enter")
    #expect(try await session.shows("gateway POST /orders"))
    #expect(try await session.shows("↺ undoes #"))
    try await session.press("Escape")
    #expect(try await session.shows("first error"))
    try await session.press("q")
    #expect(try await session.shows("left with 0"))
    #expect(try await session.isRestored())
    await session.end()
  }

  @Test func aPortInUseIsOneSentenceAndNothingStarts() async throws {
    let port = Int.random(in: 20_000..<60_000)
    let session = try await TerminalSession("--frozen --zipkin \(port) --otlp-http \(port)")
    #expect(try await session.shows("port \(port) on 127.0.0.1 is in use: choose another with --otlp-http PORT"))
    #expect(try await session.shows("left with 1"))
    await session.end()
  }

  @Test func theSameSeedShowsTheSameScreen() async throws {
    var screens: [String] = []
    for _ in 0..<2 {
      let session = try await TerminalSession("--seed 5 --start-at 8s --frozen")
      #expect(try await session.shows("1 Overview"))
      try await session.press("4")
      #expect(try await session.shows("partitions"))
      screens.append(try await session.screen)
      await session.end()
    }
    #expect(screens[0] == screens[1])
  }

  @Test func aFaultOpensTheBreakerAndIsHealedByOneKey() async throws {
    let session = try await TerminalSession("--speed 10")
    #expect(try await session.shows("LIVE"))
    try await session.press(":")
    try await session.type("fault payment-gateway latency=2s")
    try await session.press("Enter", "3")
    #expect(try await session.shows("○ OPEN"))
    try await session.press("!", "4")
    #expect(try await session.shows("topics"))
    try await session.press("3")
    var isHealed = false
    for _ in 0..<3000 where !isHealed {
      let screen = try await session.screen
      isHealed = screen.contains("● CLOSED") && !screen.contains("○ OPEN") && !screen.contains("◐ HALF")
    }
    #expect(isHealed)
    try await session.press("q")
    #expect(try await session.shows("left with 0"))
    await session.end()
  }

  @Test func aWindowThatIsTooSmallSaysSoAndComesBack() async throws {
    let session = try await TerminalSession("--start-at 5s --frozen")
    #expect(try await session.shows("1 Overview"))
    try await session.resize(columns: 20, rows: 5)
    #expect(try await session.shows("too small"))
    try await session.resize(columns: 80, rows: 24)
    #expect(try await session.shows("1 Over"))
    await session.end()
  }

  @Test func aStopFromOutsideGivesTheTerminalBackUntilItGoesOn() async throws {
    let session = try await TerminalSession("--start-at 1s")
    #expect(try await session.shows("1 Overview"))
    let program = try #require(try await session.program)
    kill(program, SIGTSTP)
    #expect(try await session.shows("Stopped"))
    #expect(try await session.isRestored())
    try await session.type("fg")
    try await session.press("Enter")
    #expect(try await session.shows("1 Overview"))
    try await session.press("q")
    #expect(try await session.isRestored())
    await session.end()
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGQUIT, SIGSEGV])
  func whateverEndsItTheTerminalIsGivenBack(signal: Int32) async throws {
    let session = try await TerminalSession("--start-at 1s", environment: "SWIFT_BACKTRACE=enable=no")
    #expect(try await session.shows("1 Overview"))
    let program = try #require(try await session.program)
    kill(program, signal)
    #expect(try await session.shows("left with \(128 + signal)"))
    #expect(try await session.isRestored())
    await session.end()
  }
}
