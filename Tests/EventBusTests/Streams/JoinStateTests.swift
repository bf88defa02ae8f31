import Testing

@testable import EventBus

@Suite struct JoinStateTests {
  private func stored(_ record: ProducerRecord) -> EventRecord {
    EventRecord(record, sizeInBytes: record.sizeInBytes, offset: 3, now: 0)
  }

  @Test func whatIsWrittenIsRead() {
    let progress = JoinProgress(
      streamTime: nil, newestLeft: .min, newestRight: -5, leftOffset: 7, rightOffset: .max)
    var later = progress
    later.streamTime = 1_234_567_890_123
    let plain = JoinEntry(side: .left, key: [], input: JoinInput(offset: 0, timestamp: -1, value: []))
    let full = JoinEntry(
      side: .right, key: Array("key".utf8),
      input: JoinInput(
        offset: 1 << 40, timestamp: .max, value: [0, 255],
        headers: [RecordHeader(name: "ü", text: "1"), RecordHeader(name: "", value: [])]))
    let all: [JoinStateRecord] = [
      .progress(progress), .progress(later), .entry(plain, .partners), .entry(full, [.partners, .result]),
      .entry(full, .result),
    ]
    for state in all { #expect(JoinStateRecord(stored(state.record(partition: 2))) == state) }
    #expect(all.allSatisfy { $0.record(partition: 2).partition == 2 })
    #expect(Set(all.map { $0.record(partition: 0).key }).count == 3, "one key for the progress, one for each record")
  }

  @Test func whatIsNoStateIsNotRead() {
    let entry = JoinEntry(
      side: .left, key: [1],
      input: JoinInput(offset: 1, timestamp: 1, value: [], headers: [RecordHeader(name: "a", text: "b")]))
    let good = JoinStateRecord.entry(entry, .result).record(partition: 0)
    for count in 0..<good.value.count {
      let record = ProducerRecord(key: good.key, value: Array(good.value.prefix(count)))
      #expect(JoinStateRecord(stored(record)) == nil, "\(count) bytes")
    }
    for key: [UInt8] in [[], [3], [0, 0], Array((good.key ?? []).prefix(16)), [9] + (good.key ?? []).dropFirst()] {
      #expect(JoinStateRecord(stored(ProducerRecord(key: key, value: good.value))) == nil, "\(key)")
    }
    #expect(JoinStateRecord(stored(ProducerRecord(key: good.key, value: [4] + good.value.dropFirst()))) == nil)
    #expect(JoinStateRecord(stored(ProducerRecord(key: [0], value: [1, 2]))) == nil)
    #expect(JoinStateRecord(stored(ProducerRecord(value: good.value))) == nil)
  }
}
