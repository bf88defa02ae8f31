import EventBus
import Operations
import Testing

@Suite struct CountTests {
  @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567")])
  func digitsAreGrouped(value: Int, text: String) { #expect(Count.grouped(value) == text) }

  @Test func oneIsOne() {
    #expect(Count.of(1, "member") == "1 member" && Count.of(0, "member") == "0 members")
  }

  @Test(arguments: [
    (SeekTarget.earliest, "to earliest"), (.latest, "to latest"), (.offset(1_204), "to offset 1,204"),
    (.shift(-1), "back by 1 record"), (.shift(2_000), "on by 2,000 records"),
    (.time(100_000_000_000), "to 5 minutes ago"), (.time(370_000_000_000), "to 0.5 minutes ago"),
  ])
  func whereTo(target: SeekTarget, words: String) { #expect(target.words(now: 400_000_000_000) == words) }
}
