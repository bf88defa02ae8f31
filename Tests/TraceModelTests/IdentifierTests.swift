import Testing
import TraceModel

@Suite struct IdentifierTests {
  @Test func aTransactionIDIsThirtyTwoDigits() throws {
    let id = try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9"))
    #expect(id.hex == "8f3a91c07b5e44d2a6f0c3d91e7721c9")
    #expect(id.short == "8f3a…21c9")
    #expect(GTXID("8F3A91C07B5E44D2A6F0C3D91E7721C9") == id)
  }

  @Test func aShortOneIsTheLowHalf() throws {
    let id = try #require(GTXID("562809467078eab"))
    #expect(id.high == 0 && id.hex == "00000000000000000562809467078eab")
    #expect(id.matches(prefix: "05628") && id.matches(prefix: "00000") && !id.matches(prefix: "8f"))
  }

  @Test func aWholeIDIsFoundByItsLowHalf() throws {
    let id = try #require(GTXID("8f3a91c07b5e44d2a6f0c3d91e7721c9"))
    let half = try #require(GTXID("a6f0c3d91e7721c9"))
    #expect(id.matches(prefix: half.hex.suffix(16)) && !id.matches(prefix: "a6f0"))
    #expect(id.isSame(as: half) && half.isSame(as: id) && id.isSame(as: id))
    #expect(!id.isSame(as: GTXID(high: 1, low: id.low)!))
  }

  @Test(arguments: ["", "0", "xyz", "8f3a91c07b5e44d2a6f0c3d91e7721c900", "-1", "8f 3a"])
  func anythingElseIsNone(text: String) {
    #expect(GTXID(text) == nil)
  }

  @Test func hopsCountOnFromWhatAnswersBring() {
    let hops = HopCounter(at: .first)
    #expect(hops.nextCrossing().number == 2)
    hops.learn(LTXID(5) ?? .first)
    hops.learn(LTXID(3) ?? .first)
    #expect(hops.nextCrossing().number == 6)
    #expect(hops.highestKnown.description == "#6")
  }

  /// What was given to a record may go with it; what a call has gone out with stays used.
  @Test func hopsOfCallsAreUsedForGood() {
    let hops = HopCounter(at: .first)
    #expect(hops.nextCrossing().number == 2 && hops.highestCrossed == .first)
    #expect(hops.nextCall().number == 3 && hops.highestCrossed.number == 3)
    hops.learn(LTXID(5) ?? .first)
    #expect(hops.nextCrossing().number == 6 && hops.highestCrossed.number == 5)
  }
}
