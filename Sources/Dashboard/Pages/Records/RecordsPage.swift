import Drawing
import EventBus
import Operations
import TraceModel
import Widgets

/// The newest records of one topic, as they come; of a topic of dead letters also what becomes of each. Enter leads to
/// the record's transaction.
struct RecordsPage: Page {
  /// As many records as are kept to scroll through.
  static let limit = 500

  /// What is looked at, but for the moment.
  private(set) var wanted = RecordFilter(topic: "")
  /// The place that was opened: whoever comes back to it finds it as it was left.
  private var opened: RecordFilter?
  private(set) var tail = TailCursor<RecordLine>()

  init() {}

  var id: PageID { .records }
  var filter: String? { wanted.text }
  var filterExample: String { "item_reserved 8f3a kim" }

  /// The filter with the moment that is shown.
  func effective(_ context: PageContext) -> RecordFilter {
    var filter = wanted
    filter.until = context.isFrozen ? context.snapshot.time : nil
    return filter
  }

  /// The records that are shown; nil while they are being read.
  func lines(_ context: PageContext) -> [RecordLine]? {
    context.recordFilter == effective(context) ? context.records.lines : nil
  }

  /// The record that somebody means who presses a key now.
  func line(_ context: PageContext) -> RecordLine? {
    lines(context).flatMap { tail.chosen($0, at: context.clock) }
  }

  // MARK: What comes in

  mutating func refresh(_ context: PageContext) -> [Action] {
    guard !wanted.topic.isEmpty else { return [] }
    let lines = lines(context)
    if let lines { tail.settle(lines, at: context.clock) }
    let keepsUp = wanted.lettersOf != nil && !context.isFrozen
    if tail.wantsLines(at: context.clock, keepsUp: keepsUp) || lines == nil {
      return [.effect(.loadRecords(effective(context), limit: Self.limit))]
    }
    return context.records.isComplete ? [] : [.effect(.searchOn(effective(context), limit: Self.limit))]
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .records(let filter) = destination, !filter.topic.isEmpty, filter != opened else { return [] }
    opened = filter
    wanted = filter
    wanted.until = nil
    tail.follow()
    return []
  }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    wanted.text = text
    tail.follow()
    return nil
  }

  // MARK: Keys

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    if tail.press(key, count: lines(context)?.count ?? 0) { return refresh(context) }
    switch key.key {
    case .character("p"): return nextPartition(context)
    case .character("r"): return settleLetter(context, isRetry: true)
    case .character("x"): return settleLetter(context, isRetry: false)
    case .character("D"): return deadLetters(context)
    case .enter: return open(context)
    case .escape:
      guard !wanted.text.isEmpty else {
        // Who leaves it and comes anew finds all partitions.
        opened = nil
        return [.back]
      }
      _ = narrow(to: "", context)
      return refresh(context)
    default: return nil
    }
  }

  /// All partitions, then one after the other.
  private mutating func nextPartition(_ context: PageContext) -> [Action] {
    let count = context.snapshot.topic(wanted.lettersOf ?? wanted.topic)?.partitions ?? 0
    guard count > 1 else { return [.say("there is one partition")] }
    let next = (wanted.partition ?? -1) + 1
    wanted.partition = next < count ? next : nil
    tail.follow()
    return refresh(context)
  }

  private func open(_ context: PageContext) -> [Action] {
    guard let line = line(context) else { return [] }
    guard let id = line.gtxid else { return [.say("this record belongs to no transaction")] }
    return [.open(.transaction(id, span: nil))]
  }

  private func settleLetter(_ context: PageContext, isRetry: Bool) -> [Action]? {
    guard let topic = wanted.lettersOf else { return nil }
    guard let line = line(context), let letter = line.letter else { return [.say("there is no dead letter here")] }
    if let refusal = context.refusalOfDeeds { return [.say(refusal, isProblem: true)] }
    guard letter.state == .open else { return [.say("this one is \(letter.state.rawValue) already", isProblem: true)] }
    let what = "\(line.type.isEmpty ? "the record" : visible(line.type)) with key \(visible(line.key))"
    let place = (topic: topic, partition: line.partition, offset: line.offset)
    let question =
      isRetry
      ? Confirmation(
        question: "Put \(what) back into \(visible(topic))[\(line.partition)]?",
        effect: "It is delivered again, after everything that came meanwhile.", verb: "retry it",
        actions: [
          .effect(.perform(.retryDeadLetter(topic: place.topic, partition: place.partition, offset: place.offset)))
        ])
      : Confirmation(
        question: "Discard \(what)?",
        effect: "It is never delivered again: what waits for it waits for somebody.", verb: "discard it",
        actions: [
          .effect(.perform(.discardDeadLetter(topic: place.topic, partition: place.partition, offset: place.offset)))
        ])
    return [.show(Popup(question))]
  }

  /// The topics with dead letters that nobody has settled, other than the one that is shown.
  func othersWithLetters(_ context: PageContext) -> [Operations.TopicSnapshot] {
    context.snapshot.topics.filter { $0.deadLetters > 0 && $0.name != wanted.lettersOf }
  }

  /// Those of this topic, and from there those of the next topic that has some.
  private func deadLetters(_ context: PageContext) -> [Action] {
    guard let topic = wanted.lettersOf else { return [.open(.records(RecordFilter(topic: wanted.topic + ".DLT")))] }
    let topics = context.snapshot.topics.map(\.name)
    let place = topics.firstIndex(of: topic) ?? 0
    let others = othersWithLetters(context).map(\.name)
    let next = others.first { topics.firstIndex(of: $0) ?? 0 > place } ?? others.first
    guard let next else { return [.say("no other topic has dead letters")] }
    return [.open(.records(RecordFilter(topic: next + ".DLT")))]
  }

  // MARK: Mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let count = lines(context)?.count ?? 0
    switch event.action {
    case .wheelDown, .wheelUp:
      tail.move(by: event.action == .wheelDown ? 3 : -3, count: count)
      return refresh(context)
    case .press, .doubleClick:
      let view = RecordsView(page: self, lines: lines(context), context: context)
      guard case .row(let row)? = view.hit(event, in: area) else { return nil }
      tail.select(row, count: count)
      return event.action == .doubleClick ? open(context) : []
    case .move, .release: return nil
    }
  }

  // MARK: The last line

  func breadcrumb(_ context: PageContext) -> [String] {
    var crumbs = ["topics", wanted.lettersOf ?? wanted.topic]
    if wanted.lettersOf != nil { crumbs.append("dead letters") } else { crumbs.append("records") }
    if let partition = wanted.partition { crumbs.append("\(partition)") }
    return crumbs
  }

  func hints(_ context: PageContext) -> [KeyHint] {
    var hints = [KeyHint("↵", "transaction")]
    if wanted.lettersOf != nil {
      // Where there is nothing to settle, the others are wanted first.
      let settle = [KeyHint("r", "retry", isDeed: true), KeyHint("x", "discard", isDeed: true)]
      let isEmpty = lines(context)?.isEmpty ?? true
      let others = othersWithLetters(context).isEmpty ? [] : [KeyHint("D", "next topic's")]
      hints = isEmpty ? others : hints + settle + others
    }
    if !tail.isFollowing { hints.insert(KeyHint("G", "follow"), at: 0) }
    return hints + [KeyHint("Esc", "back"), KeyHint("p", "partition"), KeyHint("/", "filter")]
  }

  var help: [KeyHint] {
    [
      KeyHint("↑ ↓  j k  g", "move; the records then stand still"),
      KeyHint("G  End", "follow the newest record"),
      KeyHint("↵", "the transaction of the record"),
      KeyHint("p", "one partition after the other, and all of them"),
      KeyHint("D", "the dead letters of the topic; from there those of the next topic that has some"),
      KeyHint("r", "of a dead letter: puts it back into its topic, after a question"),
      KeyHint("x", "of a dead letter: notes that it is not worth another try, after a question"),
      KeyHint("", "A record is put aside as a dead letter when it has failed 10 times."),
      KeyHint("/", "records that have these words somewhere; Esc clears"),
    ]
  }

  func subject(_ context: PageContext) -> Subject? {
    line(context)?.gtxid.map(Subject.transaction) ?? .topic(wanted.lettersOf ?? wanted.topic)
  }

  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    RecordsView(page: self, lines: lines(context), context: context).draw(on: &canvas, in: area)
  }
}
