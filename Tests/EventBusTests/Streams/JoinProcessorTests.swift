import Testing

@testable import EventBus

@Suite struct JoinProcessorTests {
  private static let topics = JoinProcessor.Topics(left: "left", right: "right", output: "out")

  func makeBroker(partitions: Int = 1, groups: GroupSettings = .prompt) throws -> Broker {
    let broker = try Broker(groupSettings: groups)
    for topic in ["left", "right", "out"] {
      try broker.createTopic(topic, settings: TopicSettings(partitions: partitions, segmentBytes: 200))
    }
    return broker
  }

  func processor(
    _ broker: Broker, _ client: String = "p", within distance: Int64 = 100, settings: ConsumerSettings = .init()
  ) throws -> JoinProcessor {
    try JoinProcessor(
      broker: broker, group: "g", name: "join", client: client, topics: Self.topics,
      settings: JoinSettings(within: distance), consumer: settings
    ) { result in
      let text = "\(result.left?.text ?? "–")+\(result.right?.text ?? "–")"
      return ProducerRecord(key: String(decoding: result.key, as: UTF8.self), text: text, partition: 0)
    }
  }

  /// `L1a@5`: side, key, value, time.
  private func append(_ words: String, to broker: Broker, partition: Int = 0) throws {
    for word in words.split(separator: " ") {
      let parts = word.split(separator: "@")
      let record = ProducerRecord(
        key: String(parts[0].dropFirst().prefix(1)), text: String(parts[0].dropFirst(2)), timestamp: Int64(parts[1]),
        partition: partition)
      try broker.append([record], to: parts[0].first == "L" ? "left" : "right", now: 0)
    }
  }

  private func outputs(_ broker: Broker) throws -> [String] {
    try broker.read("out", partition: 0, from: 0).records.map { "\($0.keyText ?? ""):\($0.text)@\($0.timestamp)" }
  }

  private func committed(_ broker: Broker, _ topic: String) -> Int64? {
    broker.groups.committed(group: "g", TopicPartition(topic: topic, partition: 0))?.offset
  }

  // MARK: One processor

  @Test func recordsAreJoinedAndPublishedWithTheirOffsets() throws {
    let broker = try makeBroker()
    try append("L1a@0 R1b@7 L2c@10 L3d@300", to: broker)
    let processor = try processor(broker)
    let step = try processor.step(now: 1)
    #expect(step.assigned == [0] && step.isStable && step.recordsRead == 4 && step.results == 2 && step.outputs == 2)
    #expect(try outputs(broker) == ["1:a+b@7", "2:c+–@10"])
    #expect(committed(broker, "left") == 3 && committed(broker, "right") == 1)
    #expect(processor.held.unmatched == 1 && processor.streamTime(in: 0) == 300)
    let woken = Recorder<Int>()
    let token = try processor.waitToken { woken.add(1) }
    #expect(woken.all.isEmpty, "everything was read")
    try append("R3e@300", to: broker)
    #expect(woken.all == [1] && token.isSpent)
    #expect(try processor.step(now: 2).results == 1)
    #expect(try outputs(broker).last == "3:d+e@300")
  }

  @Test func theOlderRecordGoesFirstWhicheverTopicItIsIn() throws {
    let broker = try makeBroker()
    // Were all of one side taken first, the others would come too late.
    try append("L1a@0 L2b@500 L3c@1000 R1x@0 R2y@500 R3z@1000", to: broker)
    let processor = try processor(broker)
    for now in 0..<7 { try processor.step(max: 1, now: Int64(now)) }
    #expect(try outputs(broker) == ["1:a+x@0", "2:b+y@500", "3:c+z@1000"])
  }

  @Test(arguments: ["L1a@0 L2b@10 R3c@500 R4d@600", "R1a@0 R2b@10 L3c@500 L4d@600"])
  func aSideWithUnreadRecordsIsWaitedFor(words: String) throws {
    let broker = try makeBroker()
    try append(words, to: broker)
    // Each read brings one record, so that after each step one side has none, but is not at its end.
    let processor = try processor(broker, settings: ConsumerSettings(maximumPollBytes: 1))
    let times = try (0..<4 as Range<Int64>).map { now in
      try processor.step(now: now)
      return processor.streamTime(in: 0)
    }
    #expect(times == [0, 600, 600, 600])
    #expect(try outputs(broker).count == 2)
  }

  @Test func recordsWithoutKeyOrValueJoinNothing() throws {
    let broker = try makeBroker()
    try broker.append([ProducerRecord(value: [1], timestamp: 900)], to: "left", now: 0)
    try broker.append([.tombstone(key: [49], timestamp: 900)], to: "right", now: 0)
    let step = try processor(broker).step(now: 1)
    #expect(step.recordsRead == 2 && step.recordsSkipped == 2 && step.results == 0)
    #expect(committed(broker, "left") == 1 && committed(broker, "right") == 1)
  }

  @Test func whatCannotBeReadIsPutAsideWithTheStepAndJoinsNothing() throws {
    let broker = try makeBroker()
    try append("L1a@0 L1?@5 R1b@7 R2?@9 R3c@300", to: broker)
    let processor = try JoinProcessor(
      broker: broker, group: "g", name: "join", client: "p", topics: Self.topics, settings: JoinSettings(within: 100),
      reader: { record, place in record.text == "?" ? "\(place): a question" : nil },
      joiner: { result in
        ProducerRecord(
          key: result.key, value: Array("\(result.left?.text ?? "–")+\(result.right?.text ?? "–")".utf8), partition: 0)
      })
    let step = try processor.step(now: 1)
    #expect(step.recordsRead == 5 && step.results == 1 && step.outputs == 1)
    #expect(step.letters.map(\.record.offset) == [1, 1] && step.letters.map(\.place.topic) == ["left", "right"])
    // Neither the time of the one nor the key of the other counts.
    #expect(try outputs(broker) == ["1:a+b@7"])
    #expect(processor.held.unmatched == 1)
    for side in ["left", "right"] {
      let letter = try #require(try broker.read("\(side).DLT", partition: 0, from: 0).records.first)
      #expect(letter.headerText(DeadLetterHeader.reason) == "\(side)-0: a question")
      #expect(letter.headerText(DeadLetterHeader.group) == "g" && letter.headerText(DeadLetterHeader.offset) == "1")
    }
    // They are behind it: whoever comes next does not put them aside again.
    processor.close(now: 2)
    let next = try self.processor(broker, "q")
    #expect(try next.step(now: 3).recordsRead == 0)
    #expect(broker.deadLetters(of: "left") == 1 && broker.deadLetters(of: "right") == 1)
  }

  @Test func timeLetsRecordsOutOnceNothingIsLeftToRead() throws {
    let broker = try makeBroker()
    try append("L1a@0 L2b@50", to: broker)
    let processor = try processor(broker)
    try processor.step(max: 1, now: 1)
    #expect(try processor.advance(to: 500, now: 1).results == 0, "the record that is not read yet tells the time")
    try processor.step(now: 1)
    #expect(try processor.advance(to: 100, now: 2).results == 0)
    #expect(try processor.advance(to: 101, now: 2).results == 1)
    #expect(try outputs(broker) == ["1:a+–@0"])
    // What has come out is remembered, and so is the time.
    processor.close(now: 3)
    let next = try self.processor(broker)
    try append("R2c@1", to: broker)
    try next.step(now: 4)
    #expect(next.streamTime(in: 0) == 101)
    #expect(try next.advance(to: 1_000, now: 4).results == 0)
    #expect(try outputs(broker) == ["1:a+–@0", "2:b+c@50"])
  }

  // MARK: What it keeps

  @Test func anotherMemberTakesUpWhatIsHeld() throws {
    let broker = try makeBroker()
    try append("L1a@0 L2b@1", to: broker)
    let first = try processor(broker)
    try first.step(now: 1)
    // Dropped, never closed: it is a member until its session ends.
    let second = try processor(broker, "q")
    #expect(try second.step(now: 2).isStable == false)
    try append("R1c@2", to: broker)
    #expect(try second.step(now: .seconds(60)).results == 1)
    #expect(second.held.unmatched == 1)
    #expect(try outputs(broker) == ["1:a+c@2"])
    #expect(try first.step(now: .seconds(61)).isStable == false)
    #expect(first.partitions.isEmpty && first.held == (0, 0))
    #expect(try outputs(broker).count == 1)
  }

  @Test func theTimeOfOneThatIsNoMemberAnyMoreIsRefused() throws {
    let broker = try makeBroker()
    try append("L1a@0", to: broker)
    let (first, second) = (try processor(broker), try processor(broker, "q"))
    try first.step(now: 0)
    try second.step(now: .seconds(60))
    #expect(second.held.unmatched == 1)
    #expect(try first.advance(to: 900, now: .seconds(61)).isDiscarded)
    #expect(try outputs(broker) == [])
    #expect(try second.advance(to: 900, now: .seconds(61)).results == 1)
    #expect(try outputs(broker) == ["1:a+–@0"])
  }

  @Test func eachStepWritesWhatChangedAndNoMore() throws {
    let broker = try makeBroker()
    let processor = try processor(broker, within: 50)
    let changelog = try broker.topic(processor.changelogTopic)
    #expect(processor.changelogTopic == "g-join-changelog" && changelog.settings.cleanup == .compact)
    func written() -> Int64 { changelog.partitions[0].snapshot.traffic.recordsIn }
    try append("L1a@0 L2b@0 L3c@0", to: broker)
    try processor.step(now: 0)
    #expect(written() == 4, "three records and the progress")
    try append("R1x@1", to: broker)
    try processor.step(now: 0)
    #expect(written() == 7, "one held, one that waits no longer, the progress")
    var most: Int64 = 0
    for time in 1..<3_000 {
      try append("\(time % 2 == 0 ? "L" : "R")\(time % 7)v@\(time * 3)", to: broker)
      let before = written()
      try processor.step(now: Int64(time))
      most = max(most, written() - before)
      if time % 200 == 0 { broker.applyRetention(now: .seconds(100_000) * Int64(time)) }
    }
    // Each record is held, perhaps waits no longer, and goes: each time one record; a step adds its progress.
    #expect(written() < 4 * 3_000 + 7)
    #expect(most < 200, "tidying away comes in bursts, of no more than was held")
    #expect(processor.held.records < 200)
    broker.applyRetention(now: .seconds(1_000_000_000))
    #expect(changelog.partitions[0].snapshot.bytes < 600 << 10)
  }

  @Test func offsetsThatWereForgottenAreInTheState() throws {
    let broker = try makeBroker()
    try append("L1a@0", to: broker)
    let first = try processor(broker)
    try first.step(now: 0)
    first.close(now: 0)
    broker.tick(now: .seconds(8 * 86_400))
    #expect(committed(broker, "left") == nil)
    try append("R1b@0", to: broker)
    #expect(try processor(broker).step(now: .seconds(8 * 86_400)).recordsRead == 1)
    #expect(try outputs(broker) == ["1:a+b@0"])
  }

  @Test func offsetsMovedByHandBeginANewState() throws {
    let broker = try makeBroker()
    try append("L1a@0 R1b@0 L2c@0", to: broker)
    let first = try processor(broker)
    try first.step(now: 0)
    first.close(now: 0)
    for topic in ["left", "right"] { try broker.groups.seek(group: "g", topic: topic, to: .earliest, now: 1) }
    let second = try processor(broker)
    try second.step(max: 1, now: 2)
    #expect(second.held.records == 1, "nothing of the old state is held")
    try second.step(now: 3)
    #expect(try outputs(broker) == ["1:a+b@0", "1:a+b@0"])
    second.close(now: 4)
    // Nor does it come back from the changelog.
    let third = try processor(broker)
    try third.step(now: 5)
    #expect(third.held.records == 3 && third.held.unmatched == 1)
  }

  @Test func aStateThatWasGivenUpNeverComesBack() throws {
    let broker = try makeBroker()
    try append("L1a@0 R2x@0", to: broker)
    let first = try processor(broker)
    try first.step(now: 0)
    first.close(now: 0)
    try append("L3b@0 R4y@0", to: broker)
    for topic in ["left", "right"] { try broker.groups.seek(group: "g", topic: topic, to: .latest, now: 1) }
    for value in ["c", "d"] {
      try append("R1\(value)@0", to: broker)
      let next = try processor(broker)
      #expect(try next.step(now: 2).recordsRead == 1)
      next.close(now: 3)
    }
    #expect(try outputs(broker) == [])
    let changelog = try KeyedTable(broker: broker, topic: "g-join-changelog")
    try changelog.update()
    #expect(changelog.count == 3, "two records and the progress")
  }

  @Test func aPositionThatRetentionTookIsReset() throws {
    let broker = try makeBroker()
    try append("L1a@0", to: broker)
    let processor = try processor(broker)
    try processor.step(now: 0)
    try append("L2b@0 L3c@0 R1x@0", to: broker)
    try broker.topic("left").deleteRecords(before: 2, partition: 0)
    let step = try processor.step(now: 1)
    #expect(step.resets.map(\.from) == [1] && step.resets.map(\.to) == [2])
    #expect(step.recordsRead == 2 && committed(broker, "left") == 3)
    #expect(try outputs(broker) == ["1:a+x@0"], "what is held stays")
  }

  @Test func aStateOfSomebodyElseIsAnError() throws {
    let broker = try makeBroker()
    let processor = try processor(broker)
    try broker.append([ProducerRecord(key: "x", text: "?")], to: processor.changelogTopic, now: 0)
    let error = BusError.unreadableState(TopicPartition(topic: "g-join-changelog", partition: 0), offset: 0)
    for now: Int64 in 0..<2 { #expect(throws: error) { try processor.step(now: now) } }
  }

  // MARK: What is refused

  @Test func topicsThatDoNotFitAreRefusedAtTheStart() throws {
    let broker = try makeBroker(partitions: 2)
    try broker.createTopic("three", settings: TopicSettings(partitions: 3))
    func make(_ left: String, _ right: String, name: String = "join") throws -> JoinProcessor {
      try JoinProcessor(
        broker: broker, group: "g", name: name, client: "p", topics: .init(left: left, right: right, output: "out"),
        settings: JoinSettings(within: 1)
      ) { _ in nil }
    }
    let error = BusError.partitionsDiffer(topic: "left", partitions: 2, other: "three", otherPartitions: 3)
    #expect(throws: error) { try make("left", "three") }
    #expect("\(error)" == "topics \"left\" and \"three\" must have equally many partitions, not 2 and 3")
    #expect(!broker.hasTopic("g-join-changelog"))
    #expect(throws: BusError.unknownTopic("none")) { try make("left", "none") }
    #expect(throws: BusError.invalidSettings("topic \"left\" cannot be joined with itself")) {
      try make("left", "left")
    }
    try broker.createTopic("g-odd-changelog", settings: TopicSettings(partitions: 5, cleanup: .compact))
    #expect(
      throws: BusError.partitionsDiffer(
        topic: "left", partitions: 2, other: "g-odd-changelog", otherPartitions: 5)
    ) { try make("left", "right", name: "odd") }
    try broker.createTopic("g-short-changelog", settings: TopicSettings(partitions: 2, cleanup: .compactAndDelete))
    #expect(throws: BusError.self) { try make("left", "right", name: "short") }
  }

  @Test func partitionsOfOneNumberComeTogetherWhateverTheBrokersAssignor() throws {
    let broker = try makeBroker(
      partitions: 3, groups: GroupSettings(initialRebalanceDelay: 0, assignor: .roundRobin))
    let (one, two) = (try processor(broker, "p"), try processor(broker, "q"))
    for now: Int64 in 0..<6 {
      try one.step(now: now)
      try two.step(now: now)
    }
    #expect(one.partitions == [0, 1] && two.partitions == [2])
  }

  @Test func aMemberThatTakesOneSideOnlyIsAnError() throws {
    let broker = try makeBroker()
    let processor = try processor(broker)
    let stranger = Consumer(broker: broker, group: "g", client: "a", topics: ["left"])
    try processor.step(now: 0)
    _ = try stranger.poll(now: 1)
    try processor.step(now: 2)
    _ = try? processor.step(now: 3)
    _ = try stranger.poll(now: 3)
    for now: Int64 in 4..<6 {
      #expect {
        try processor.step(now: now)
      } throws: { error in
        guard case .invalidSettings(let sentence)? = error as? BusError else { return false }
        return sentence.contains("different members")
      }
    }
  }

  @Test func aResultThatTheOutputRefusesStopsTheStep() throws {
    let broker = try Broker(groupSettings: .prompt)
    for topic in ["left", "right"] { try broker.createTopic(topic) }
    try broker.createTopic("out", settings: TopicSettings(maximumRecordBytes: 36))
    try append("L1a@0 R1bbbbbbbb@0", to: broker)
    let processor = try processor(broker)
    for now: Int64 in 0..<2 {
      #expect(throws: BusError.recordTooLarge(topic: "out", bytes: 43, limit: 36)) { try processor.step(now: now) }
    }
    #expect(committed(broker, "left") == nil)
    #expect(try broker.topic(processor.changelogTopic).bounds(partition: 0) == 0...0)
  }

  @Test func anOutageStopsEverythingAndLosesNothing() throws {
    let broker = try makeBroker()
    let processor = try processor(broker)
    try append("L1a@0", to: broker)
    try processor.step(now: 0)
    try append("R1b@0", to: broker)
    for topic in ["out", "g-join-changelog", "left"] {
      try broker.setAvailable(false, topic: topic)
      #expect(throws: BusError.unavailable("topic \"\(topic)\"")) { try processor.step(now: 1) }
      try broker.setAvailable(true, topic: topic)
    }
    #expect(committed(broker, "right") == 0)
    #expect(try processor.step(now: 2).results == 1)
    #expect(try outputs(broker) == ["1:a+b@0"])
  }

  // MARK: Whatever happens

  @Test(arguments: 0..<300 as Range<UInt64>) func eachResultComesOnceWhateverHappens(seed: UInt64) throws {
    var run = try JoinRun(seed: seed)
    for _ in 0..<300 { try run.step() }
    try run.finish()
  }

  @Test func theRunsMeetEveryTroubleAndAreRepeatable() throws {
    func run(_ seed: UInt64) throws -> [String] {
      var run = try JoinRun(seed: seed)
      for _ in 0..<300 { try run.step() }
      return run.transcript
    }
    let lines = try (0..<20 as Range<UInt64>).map(run)
    #expect(try (0..<20 as Range<UInt64>).map(run) == lines)
    let count = { (word: String) in lines.joined().count { $0.contains(word) } }
    #expect(count("assigned") > 50 && count("discarded") > 20 && count("gone") > 20, "\(lines)")
    #expect(count("does not answer") > 20 && count("time passed") > 5, "\(lines)")
  }
}
