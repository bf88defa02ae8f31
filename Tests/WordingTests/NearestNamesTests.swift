import Testing

@testable import Wording

@Suite struct NearestNamesTests {
  @Test func nearestIsByLettersThatDiffer() {
    #expect(
      NearestNames.nearest(to: "failureRateTreshold", among: ["failureRateThreshold", "slowCallRateThreshold"]) == [
        "failureRateThreshold"
      ])
    #expect(NearestNames.nearest(to: "xyz", among: ["rate", "at"]).isEmpty)
    #expect(NearestNames.nearest(to: "ta", among: ["at"]) == ["at"])
    #expect(NearestNames.nearest(to: "t", among: ["tx", "q"]) == ["tx"])
  }

  @Test(arguments: [
    ("ordr", ["order", "payment"], "unknown service \"ordr\"; do you mean order?"),
    ("ordre", ["order", "orders"], "unknown service \"ordre\"; do you mean order or orders?"),
    ("nobody", ["order", "payment"], "unknown service \"nobody\"; there are order, payment"),
    ("order", [], "unknown service \"order\"; there is none"),
    ("o\u{1B}[2J", ["order"], "unknown service \"o\\u{1B}[2J\"; there are order"),
  ])
  func anUnknownNameIsAnsweredWithTheNearestOrAll(name: String, names: [String], sentence: String) {
    #expect(NearestNames.unknown("service", name, among: names) == sentence)
  }

  @Test func whereNamesAreManySomethingElseIsSaid() {
    #expect(NearestNames.offer(for: "zzz", among: ["a"], otherwise: "Tab shows them") == "Tab shows them")
    #expect(NearestNames.advice(for: "zzz", among: ["at", "rate"]) == "allowed are at and rate")
  }

  @Test func whatWasWrittenCannotDriveATerminal() {
    #expect(quoted("a\u{1B}[2J\u{202E}") == "\"a\\u{1B}[2J\\u{202E}\"")
    #expect(quoted(String(repeating: "x", count: 99)).count == 63)
  }
}
