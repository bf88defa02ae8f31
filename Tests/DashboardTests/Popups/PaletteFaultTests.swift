import Operations
import Testing

@testable import Dashboard

/// Faults of topics and of the bus, as the palette completes them.
struct PaletteFaultTests {
  private func words(_ line: String) -> [String] {
    PaletteReader(context: FaultsFixture.context(118, 36, FaultsFixture.withBus), themes: []).completions(line).map(
      \.word)
  }

  /// What is set is set anew from what it is.
  @Test func aSettingIsCompletedWithItsValue() {
    let reader = PaletteReader(
      context: PageStage(PlatformPage(), IncidentFixture.platform()).context, themes: [])
    #expect(reader.completions("set order.").map(\.word) == ["order.pool"])
    #expect(reader.completions("set order.pool ").map(\.line) == ["set order.pool 20"])
    #expect(reader.completions("set order.pool 20 ").isEmpty)
    #expect(reader.completions("set order.pol").map(\.word) == ["order.pool"], "a slip")
    #expect(reader.completions("set order.pool 2O").isEmpty, "a value is as one wants it")
    #expect(reader.completions("deploy payment bakc").isEmpty, "a version is called as one wants it")
  }

  @Test func targets() {
    #expect(words("fault topic:") == ["topic:order", "topic:inventory", "topic:payment"])
    #expect(words("fault bro") == ["broker"])
    #expect(words("fault kv").isEmpty)
    let reader = PaletteReader(context: FaultsFixture.context(118, 36), themes: [])
    #expect(reader.completions("fault bro").isEmpty, "without a bus there is none to break")
  }

  @Test(arguments: [
    ("fault topic:order ", ["poison=1", "duplicate=5%"]), ("fault broker ", ["broker-down"]),
    ("fault group:order ", ["slow=500ms", "duplicate=5%"]), ("fault order sk", ["skew=+2s"]),
    ("fault payment/1 le", ["leak=10MB/s"]), ("fault payment lo", ["lose-before-outbox"]), ("fault order lo", []),
    ("fault order po", ["pool=0"]), ("fault payment pa", ["partition"]),
    ("fault order pool=0 ", ["ttl=30s", "ttl=2m"]), ("fault order latency=2s ", ["ttl=30s", "ttl=2m", "share=20%"]),
    ("fault payment lose-before-outbox ", ["ttl=30s", "ttl=2m", "share=20%"]),
  ]) func kindsAndSettings(line: String, expected: [String]) {
    #expect(words(line) == expected)
  }
}
