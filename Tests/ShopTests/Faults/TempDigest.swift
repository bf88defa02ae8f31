import Testing

@testable import Shop

@Suite struct TempDigest {
  @Test func seven() {
    let report = SimulationRun(ShopSettings(seed: 7, rate: 50), duration: 60_000_000_000).run()
    #expect(report.digest.hasPrefix("70c1ec67"), "\(report.digest)")
  }
}
