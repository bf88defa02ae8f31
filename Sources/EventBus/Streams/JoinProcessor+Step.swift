extension JoinProcessor {
  /// Returns true when it has its assignment and may read.
  func keepMembership(_ step: inout JoinStep, now: Int64) throws(BusError) -> Bool {
    let result = try consumer.poll(max: 0, now: now)
    // All that was done is published; what is held is in the changelog, for whoever comes next.
    if !result.revoked.isEmpty || !result.lost.isEmpty { slots = [] }
    if let assigned = result.assigned {
      slots = assigned.filter { $0.topic == left.name }.map { Slot(partition: $0.partition, task: nil) }
      first = 0
      let others = assigned.filter { $0.topic == right.name }.map(\.partition)
      assignmentError = others == slots.map(\.partition) ? nil : unpaired
      step.assigned = others
    }
    if result.isStable, let assignmentError { throw assignmentError }
    step.isStable = result.isStable
    return result.isStable
  }

  private var unpaired: BusError {
    .invalidSettings(
      "group \"\(consumer.group)\" gives partitions of \"\(left.name)\" and \"\(right.name)\" with the same number to "
        + "different members: let all its members join the same topics, with the assignor range")
  }

  /// Runs `body` on each partition, and writes what it brings about all at once.
  func publish(
    now: Int64, _ start: JoinStep,
    _ body: (inout Slot, inout JoinStep, inout PartitionJoin.Work) throws(BusError) -> Void
  ) throws(BusError) -> JoinStep {
    // Without them nothing can be published: then nothing is joined in vain.
    try output.requireAvailable()
    try changelog.requireAvailable()
    var step = start
    var work = PartitionJoin.Work()
    var touched: [Int] = []
    for place in slots.indices {
      let index = (first + place) % slots.count
      let before = work.offsets.count
      do throws(BusError) {
        try body(&slots[index], &step, &work)
      } catch {
        // What is done already is published; the next step meets the error again.
        if work.isEmpty { throw error }
        break
      }
      if work.offsets.count > before { touched.append(index) }
    }
    guard !work.isEmpty else { return step }
    first = (first + 1) % slots.count
    var transaction = Transaction()
    transaction.append(work.outputs, to: output.name)
    transaction.append(work.changelog, to: changelog.name)
    do throws(BusError) {
      for letter in step.letters { transaction.append([self.letter(letter)], to: try deadLetterTopic(of: letter)) }
      try consumer.commit(work.offsets, with: transaction, now: now)
      return step
    } catch {
      for index in touched { slots[index].task = nil }
      switch error {
      case .rebalanceInProgress, .illegalGeneration, .unknownMember: return start.discarded
      default: throw error
      }
    }
  }

  private func letter(_ letter: JoinStep.Letter) -> ProducerRecord {
    Broker.letter(
      of: letter.record, from: letter.place.topic, partition: letter.place.partition, reason: letter.reason,
      deliveries: 1, group: consumer.group)
  }

  private func deadLetterTopic(of letter: JoinStep.Letter) throws(BusError) -> String {
    try consumer.broker.deadLetterTopic(for: letter.place.topic == left.name ? left : right).name
  }

  /// Turns results into output records.
  func emit(_ results: [Joined<JoinInput, JoinInput>], _ step: inout JoinStep, _ work: inout PartitionJoin.Work) {
    for result in results {
      step.results += 1
      guard var record = joiner(result) else { continue }
      if record.timestamp == nil { record.timestamp = result.timestamp }
      step.outputs += 1
      work.outputs.append(record)
    }
  }

  /// What the group has committed in one of its partitions, and where to begin without that.
  func place(in topic: Topic, _ partition: Int) throws(BusError) -> (committed: Int64?, position: Int64) {
    let name = TopicPartition(topic: topic.name, partition: partition)
    guard let position = consumer.position(in: name) else { throw .notAssigned(group: consumer.group, name) }
    // As the broker has it: this member may not know what became of its last commit.
    let committed = consumer.broker.groups.committed(group: consumer.group, name)?.offset
    return (committed, committed ?? position)
  }

  /// Where to go on when the log no longer holds a position.
  func start(of partition: TopicPartition, in valid: ClosedRange<Int64>) throws(BusError) -> Int64 {
    switch consumer.settings.reset {
    case .earliest: return valid.lowerBound
    case .latest: return valid.upperBound
    case .fail: throw .noCommittedOffset(group: consumer.group, partition)
    }
  }
}
