import TestSupport
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

  /// Against the texts themselves: an id begins with the digits, or the half does that is all of it, or that they are.
  @Test(arguments: 1...5 as ClosedRange<UInt64>) func prefixesMatchAsTextsDo(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var found = 0
    for _ in 0..<2_000 {
      // Few digits, so that halves begin alike.
      func half() -> UInt64 { random.next() & (random.chance(50) ? 0x1100_0000_0000_0001 : 0x1000_0000_0000_0000) }
      guard let id = GTXID(high: random.chance(30) ? 0 : half(), low: half()) else { continue }
      let digits = random.chance(80) ? GTXID(high: half(), low: half())?.hex ?? "" : id.hex
      let begin = digits.dropFirst(random.chance(50) ? 16 : 0)
      var prefix = String(begin.prefix([0, 1, 2, 15, 16, 17, 31, 32].randomElement(using: &random) ?? 0))
      let odd = ["g", "é", " ", "\u{FF11}", "00000000000000000"]
      if random.chance(10) { prefix += odd.randomElement(using: &random) ?? "" }
      if random.chance(50) { prefix = prefix.uppercased() }
      let wanted = prefix.lowercased()
      let isWanted =
        id.hex.hasPrefix(wanted)
        || (id.high == 0 || wanted.utf8.count == 16) && id.hex.dropFirst(16).hasPrefix(wanted)
      #expect(id.matches(prefix: prefix) == isWanted, "seed \(seed): \(id) begins with \(prefix)?")
      found += isWanted ? 1 : 0
    }
    #expect(300...1_700 ~= found, "both answers come up often")
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
