import Foundation
import TestSupport
import Testing

@testable import EventBus

@Suite struct JoinTests {
  private static let millisecond: Int64 = 1_000_000

  private func join(_ kind: JoinSettings.Kind = .outer, within distance: Int64 = 100) throws -> WindowedJoin<
    String, String
  > {
    WindowedJoin(try JoinSettings(kind: kind, within: distance))
  }

  /// `L1a@5`: side, key, value, time. What came out: `1:a+b@5`, `–` where nothing stands.
  private func run(_ words: String, in join: inout WindowedJoin<String, String>) -> [String] {
    words.split(separator: " ").flatMap { word -> [String] in
      let parts = word.split(separator: "@")
      let (side, key, value) = (
        parts[0].first, Array(parts[0].dropFirst().prefix(1).utf8), String(parts[0].dropFirst(2))
      )
      let time = Int64(parts[1]) ?? 0
      let results =
        switch side {
        case "L": join.add(left: value, key: key, at: time)
        case "R": join.add(right: value, key: key, at: time)
        default: join.advance(to: time)
        }
      return results.map(Self.text)
    }
  }

  private static func text(_ result: Joined<String, String>) -> String {
    "\(String(decoding: result.key, as: UTF8.self)):\(result.left ?? "–")+\(result.right ?? "–")@\(result.timestamp)"
  }

  @Test(arguments: Fixtures.kafka.outerJoin) func outerJoinsAreKafkas(vector: KafkaVectors.OuterJoin) throws {
    var join = WindowedJoin<String, String>(
      try JoinSettings(
        before: vector.beforeMs * Self.millisecond, after: vector.afterMs * Self.millisecond,
        grace: vector.graceMs * Self.millisecond, holdsUnmatched: vector.fixSpurious))
    for (number, step) in vector.steps.enumerated() {
      let key = withUnsafeBytes(of: step.key.bigEndian) { Array($0) }
      let time = step.ts * Self.millisecond
      let results =
        step.side == "L"
        ? join.add(left: step.value, key: key, at: time) : join.add(right: step.value, key: key, at: time)
      let expected = step.emits.map { emitted in
        Joined(
          key: withUnsafeBytes(of: emitted.key.bigEndian) { Array($0) }, left: emitted.left, right: emitted.right,
          timestamp: emitted.ts * Self.millisecond)
      }
      #expect(results == expected, "\(vector.id), step \(number)")
    }
  }

  @Test func aWindowOfNothingJoinsEqualTimes() throws {
    var join = try join(within: 0)
    #expect(run("L1a@5 R1b@5 L1c@6 R1d@7 T@8", in: &join) == ["1:a+b@5", "1:c+–@6", "1:–+d@7"])
  }

  @Test func bothOrdersGiveOnePair() throws {
    var (one, two) = (try join(), try join())
    #expect(run("L1a@0 R1b@7", in: &one) == ["1:a+b@7"])
    #expect(run("R1b@7 L1a@0", in: &two) == ["1:a+b@7"])
    #expect(run("t@500", in: &one) == [] && run("t@500", in: &two) == [], "neither comes out alone as well")
  }

  @Test func theInnerJoinSaysNothingOfThoseWithoutAPartner() throws {
    var join = try join(.inner)
    #expect(run("L1a@0 R2b@0 L1c@500 R1d@501", in: &join) == ["1:c+d@501"])
    #expect(join.held.unmatched == 0)
  }

  @Test func timeAloneLetsThemOut() throws {
    var join = try join()
    #expect(run("L1a@0 t@100", in: &join) == [])
    #expect(run("t@101", in: &join) == ["1:a+–@0"])
    #expect(run("R1b@50", in: &join) == ["1:a+b@50"], "a partner that is late but within the window is still joined")
    #expect(run("R1c@0", in: &join) == ["1:a+c@0"])
    #expect(run("R9z@0", in: &join) == ["9:–+z@0"], "without one it comes out at once")
  }

  @Test func theWindowMayLeanToOneSide() throws {
    var join = WindowedJoin<String, String>(try JoinSettings(before: 0, after: 50))
    // A right record waits for nobody who is newer.
    #expect(run("L1a@100 R1b@99", in: &join) == ["1:–+b@99"])
    #expect(run("R1c@100 R1d@150 R1e@151", in: &join) == ["1:a+c@100", "1:a+d@150"])
    #expect(run("t@152", in: &join) == ["1:–+e@151"])
  }

  @Test func settingsThatCannotBeAreRefused() {
    #expect(throws: BusError.self) { try JoinSettings(within: -1) }
    #expect(throws: BusError.self) { try JoinSettings(before: 0, after: 0, grace: -1) }
  }

  @Test func whatIsHeldStaysBounded() throws {
    var join = try join()
    for time in 0..<50_000 {
      _ = join.add(left: "a", key: Array("\(time % 97)".utf8), at: Int64(time))
      _ = join.add(right: "b", key: Array("\(time % 89)".utf8), at: Int64(time))
    }
    #expect(join.held.records < 2_000 && join.held.unmatched < 300)
  }

  @Test func aRestartLosesNothing() throws {
    var random = SeededGenerator(seed: 5)
    var (straight, restarted) = (try join(), try join())
    for step in 0..<2_000 {
      let time = Int64(step * 3) - Int64.random(in: 0...150, using: &random)
      let word = "\(random.chance(50) ? "L" : "R")\(Int.random(in: 0...9, using: &random))v\(step)@\(time)"
      #expect(run(word, in: &straight) == run(word, in: &restarted), "step \(step)")
      if step % 100 == 0 {
        let data = try JSONEncoder().encode(restarted)
        restarted = try JSONDecoder().decode(WindowedJoin<String, String>.self, from: data)
      }
    }
  }

  /// Each record comes out at least once; two that are in the window and did not come too late come out together, once;
  /// and a record comes out alone only if no partner had come by then.
  @Test(arguments: 0..<60 as Range<UInt64>) func everyRecordComesOut(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let distance: Int64 = 40
    var join = try join(within: distance)
    var results: [Joined<String, String>] = []
    var records: [(isLeft: Bool, key: String, time: Int64, value: String)] = []
    for step in 0..<300 {
      // In order, so that the plain rule holds.
      let time = Int64(step * 2)
      let record = (random.chance(50), "\(Int.random(in: 0...5, using: &random))", time, "v\(step)")
      records.append(record)
      let key = Array(record.1.utf8)
      results += record.0 ? join.add(left: record.3, key: key, at: time) : join.add(right: record.3, key: key, at: time)
    }
    results += join.advance(to: 100_000)
    let pairs = results.filter { $0.left != nil && $0.right != nil }.map { "\($0.left ?? "") \($0.right ?? "")" }
    var expected: [String] = []
    for left in records where left.isLeft {
      for right in records where !right.isLeft && right.key == left.key && abs(right.time - left.time) <= distance {
        expected.append("\(left.value) \(right.value)")
      }
    }
    #expect(pairs.sorted() == expected.sorted(), "seed \(seed)")
    let joined = Set(expected.flatMap { $0.split(separator: " ").map(String.init) })
    let alone = results.filter { $0.left == nil || $0.right == nil }.map { $0.left ?? $0.right ?? "" }
    #expect(alone.sorted() == records.map(\.value).filter { !joined.contains($0) }.sorted(), "seed \(seed)")
  }
}
