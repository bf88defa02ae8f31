import Operations
import TestSupport
import TraceModel

@testable import EventBus

/// Records and previews that nobody would draw.
extension RandomSnapshot {
  mutating func record(isLetter: Bool) -> RecordLine {
    var line = RecordLine(
      partition: Int(count() & 0xFFFF), offset: count(), time: time(), key: name(), payload: name() + name())
    line.type = name()
    line.gtxid = some(id())
    line.headers = list { RecordLine.Header($0.name(), $0.name()) }
    line.bytes = Int(count())
    if isLetter {
      line.letter = DeadLetterLine(
        topic: name(), offset: count(), reason: name(), deliveries: Int(count()), group: name(),
        state: numbers.pick(DeadLetterState.allCases))
    }
    return line
  }

  mutating func preview(of move: OffsetMove) -> OffsetPreview {
    guard flag() else { return .refused(name()) }
    return .possible(
      SeekPreview(
        group: move.group, state: numbers.pick([.empty, .stable]),
        entries: list { random in
          SeekPreview.Entry(
            partition: TopicPartition(topic: move.topic, partition: Int(random.count() & 0xFFF)),
            from: random.some(random.count()), to: random.count(), repeated: random.count() & 0xFF_FFFF,
            skipped: random.count() & 0xFF_FFFF, logEnd: random.count())
        }))
  }
}
