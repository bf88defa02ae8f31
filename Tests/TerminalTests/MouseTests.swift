import Testing

@testable import Terminal

@Suite struct MouseReports {
  private func state(_ text: String, isOld: Bool = false) -> MouseReport.State {
    var report = MouseReport(isOld: isOld)
    var state = MouseReport.State.incomplete
    for scalar in text.unicodeScalars { state = report.append(scalar.value) }
    return state
  }

  @Test func areRead() {
    #expect(state("0;30;10M") == .complete(.init(code: 0, column: 29, row: 9, isRelease: false)))
    #expect(state("2;1;1m") == .complete(.init(code: 2, column: 0, row: 0, isRelease: true)))
    #expect(state("35;250;7M") == .complete(.init(code: 35, column: 249, row: 6, isRelease: false)))
    #expect(state("0;30;1") == .incomplete)
    #expect(state(" >*", isOld: true) == .complete(.init(code: 0, column: 29, row: 9, isRelease: false)))
    #expect(state("#>*", isOld: true) == .complete(.init(code: 3, column: 29, row: 9, isRelease: true)))
    #expect(state(" >", isOld: true) == .incomplete)
  }

  @Test(arguments: ["x", "0;30M", "0;0;1M", ";1;1M", "0;1;1;1M", "0;99999999999999999999999;1M", "0;-1;1M"])
  func nonsenseIsDropped(text: String) {
    #expect(state(text) == .malformed)
  }
}

@Suite struct MouseEvents {
  private static let ms: Int64 = 1_000_000

  private func mouse(_ code: Int, x: Int = 5, isRelease: Bool = false, at time: Int64, _ decoder: inout MouseDecoder)
    -> Mouse?
  {
    decoder.decode(.init(code: code, column: x, row: 3, isRelease: isRelease)) { time * Self.ms }
  }

  @Test func buttonsWheelAndMotion() {
    var decoder = MouseDecoder()
    #expect(mouse(0, at: 0, &decoder) == Mouse(.press(button: 1, clicks: 1), column: 5, row: 3))
    #expect(mouse(32, at: 1, &decoder)?.action == .drag(button: 1))
    #expect(mouse(0, isRelease: true, at: 2, &decoder)?.action == .release(button: 1))
    #expect(mouse(35, at: 3, &decoder)?.action == .move)
    #expect(mouse(64, at: 3, &decoder)?.action == .wheelUp)
    #expect(mouse(65 + 16, at: 3, &decoder) == Mouse(.wheelDown, column: 5, row: 3, modifiers: .control))
    #expect(mouse(66, at: 3, &decoder) == nil)
    #expect(mouse(128, at: 3, &decoder) == nil)
    #expect(mouse(2 + 4 + 8, at: 9, &decoder)?.modifiers == [.shift, .alt])
    #expect(mouse(3, isRelease: true, at: 9, &decoder)?.action == .release(button: 3))
  }

  @Test func clicksAreCountedByTime() {
    var decoder = MouseDecoder()
    func clicks(_ code: Int, x: Int = 5, at time: Int64) -> Int? {
      guard case .press(_, let clicks)? = mouse(code, x: x, at: time, &decoder)?.action else { return nil }
      return clicks
    }
    #expect(clicks(0, at: 1000) == 1)
    #expect(clicks(0, at: 1300) == 2)
    #expect(clicks(0, at: 1700) == 3)
    #expect(clicks(0, at: 2101) == 1)
    #expect(clicks(0, x: 6, at: 2200) == 1)
    #expect(clicks(1, x: 6, at: 2300) == 1)
    #expect(clicks(1, x: 6, at: 2200) == 1)  // a clock that went back
  }
}
