internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// One instance's share of a join: reads two topics, and writes what the business decides of each pair, or of a record
/// that found no partner, to a third.
///
/// The outputs, the offsets and what is held go into the log in one transaction, and the spans are reported with it. What
/// was decided for a key before is read from the output topic: a record that was published twice decides nothing again.
/// A record that nobody can read is put aside, and joins nothing.
final class StreamJoin: @unchecked Sendable {
  private let plan: JoinPlan
  private let process: ServiceProcess
  private let world: World
  private let signal: Signal
  private var processor: JoinProcessor?
  private var decisions: KeyedTable?
  /// What stands for each key, oldest first. Only looked up.
  private var verdicts: [[UInt8]: [JoinPlan.Verdict]] = [:]
  private var nextTick: Int64 = 0
  /// What the step under way has made, to be reported when it is published.
  private var made: [(inputs: [Input], output: Output?)] = []

  /// One record that went into a result.
  private struct Input {
    var key: [UInt8]
    var record: JoinInput
    var topic: String
    var position: Carrier.Position
    var answer: JoinPlan.Answer
    var span: SpanID

    var ltxid: LTXID { position.ltxid ?? .first }
  }

  private struct Output {
    var verdict: JoinPlan.Verdict
    var parent: SpanID
    var span: SpanID
    var ltxid: LTXID
    var message: String
    var record = ProducerRecord(value: [])
  }

  private static let tick: Int64 = 1_000_000_000

  init(_ plan: JoinPlan, process: ServiceProcess) {
    self.plan = plan
    self.process = process
    world = process.world
    signal = Signal(on: world.time)
  }

  func run() async {
    while !process.life.isOver, !isClosed {
      do {
        try await turn()
      } catch is InstanceCrashed {
        return
      } catch {
        // The bus does not answer: what is held stays held.
        try? await world.time.sleep(for: 200_000_000)
      }
    }
  }

  private func turn() async throws {
    await world.time.pause(for: process.bus.transit())
    try process.life.check()
    guard !isClosed else { return }
    try process.bus.reach()
    let kind = world.joinKind(at: process.instance.service.name)
    // Another one goes on under the same name, as after a restart.
    let processor = try processor.flatMap { $0.settings.kind == kind ? $0 : nil } ?? open(kind)
    let step = try step(processor)
    try tick(processor)
    guard step.recordsRead == 0 else { return }
    let token = try processor.waitToken { [signal] in signal.set() }
    await signal.wait(atMost: max(1, nextTick - world.time.now))
    token.cancel()
    try process.life.check()
  }

  private var isClosed = false

  /// Leaves the group in order: what is held goes to others at once.
  func close() {
    isClosed = true
    signal.set()
    processor?.close(now: world.time.now)
  }

  private func open(_ kind: JoinSettings.Kind) throws -> JoinProcessor {
    let name = process.instance.name
    let unowned = Unowned(self)
    let processor = try JoinProcessor(
      broker: world.broker, group: plan.group, name: "verdict", client: name, instance: name,
      topics: JoinProcessor.Topics(left: plan.left, right: plan.right, output: plan.output),
      settings: JoinSettings(kind: kind, within: plan.window), reader: Self.fault
    ) { unowned.value.output(of: $0) }
    self.processor = processor
    decisions = try KeyedTable(broker: world.broker, topic: plan.output)
    verdicts = [:]
    return processor
  }

  private func step(_ processor: JoinProcessor) throws -> JoinStep {
    try readVerdicts()
    made = []
    let step = try processor.step(max: 64, now: world.time.now)
    guard !step.isDiscarded else { return step }
    for letter in step.letters { report(letter) }
    for result in made { report(result.inputs, result.output) }
    for output in made.compactMap(\.output) { try published(output) }
    return step
  }

  /// What faults of the output topic make of a verdict.
  private func published(_ output: Output) throws {
    world.publications.note(by: process.instance.service.name, on: plan.output, now: world.time.now)
    let partition = try world.broker.topic(plan.output).partition(ofKey: output.record.key ?? [])
    try process.bus.spoil(
      output.record, in: TopicPartition(topic: plan.output, partition: partition), type: output.verdict.type)
  }

  /// A verdict stands also when something else of its key was published once more after it.
  private func readVerdicts() throws {
    guard let decisions else { return }
    while !decisions.isCurrent {
      for change in try decisions.update() {
        guard let record = change.new else {
          // What is older has left the topic, too.
          verdicts[change.key] = nil
          continue
        }
        guard let type = record.headerText(RecordHeaderName.type), plan.verdicts.contains(type),
          let payload = Payload(json: record.value)
        else { continue }
        let verdict = JoinPlan.Verdict(type: type, source: payload.source)
        if verdicts[change.key]?.contains(verdict) != true { verdicts[change.key, default: []].append(verdict) }
      }
    }
  }

  /// Once a second a record goes to each partition, so that windows end where nothing else comes.
  private func tick(_ processor: JoinProcessor) throws {
    let now = world.time.now
    guard now >= nextTick else { return }
    nextTick = now + Self.tick
    // One after the other: the order in which one append comes to several partitions is the bus's own affair.
    for partition in processor.partitions.sorted() {
      let tick = ProducerRecord(
        key: "tick", text: "{}", headers: [RecordHeader(name: RecordHeaderName.type, text: EventType.tick)],
        partition: partition)
      _ = try world.broker.append([tick], to: plan.left, now: now)
    }
  }

  // MARK: Results

  private func output(of result: Joined<JoinInput, JoinInput>) -> ProducerRecord? {
    let left = result.left.flatMap { input($0, of: result.key, from: plan.left) }
    let right = result.right.flatMap { input($0, of: result.key, from: plan.right) }
    let inputs = [left, right].compactMap(\.self)
    // Ticks are no answers.
    guard let last = inputs.max(by: { ($0.ltxid.number, $0.record.timestamp) < ($1.ltxid.number, $1.record.timestamp) })
    else { return nil }
    guard let decision = plan.decide(left?.answer, right?.answer, standing(for: result.key)) else {
      made.append((inputs, nil))
      return nil
    }
    let gtxid = last.position.gtxid
    var message = "\(gtxid.hex)/\(decision.type)"
    if let source = decision.payload.source { message += "/\(source)" }
    var output = Output(
      verdict: JoinPlan.Verdict(type: decision.type, source: decision.payload.source), parent: last.span,
      span: process.tracer.makeID(), ltxid: last.ltxid.next, message: message)
    var headers = Carrier.headers(gtxid: gtxid, ltxid: output.ltxid, span: output.span).map {
      RecordHeader(name: $0.name, text: $0.value)
    }
    headers.append(RecordHeader(name: RecordHeaderName.message, text: message))
    headers.append(RecordHeader(name: RecordHeaderName.type, text: decision.type))
    // Stream time is no time of the log: a verdict of the window's end is written now.
    output.record = ProducerRecord(
      key: result.key, value: decision.payload.json, headers: headers, timestamp: world.time.now)
    made.append((inputs, output))
    return output.record
  }

  /// What is on the topic, and what this step is about to put there.
  private func standing(for key: [UInt8]) -> [JoinPlan.Verdict] {
    (verdicts[key] ?? []) + made.compactMap { $0.output?.record.key == key ? $0.output?.verdict : nil }
  }

  /// What keeps a record from being an answer, or a tick.
  private static func fault(_ record: EventRecord, _ place: TopicPartition) -> String? {
    let type = record.headerText(RecordHeaderName.type)
    guard type != EventType.tick else { return nil }
    if case .found(let position) = Carrier.extract(record.headers.map { Carrier.Header($0.name, $0.text) }),
      position.ltxid != nil, type != nil, Payload(json: record.value) != nil
    {
      return nil
    }
    return UnreadableRecord(topic: place.topic, partition: place.partition, offset: record.offset).description
  }

  private func input(_ record: JoinInput, of key: [UInt8], from topic: String) -> Input? {
    let headers = record.headers.map { Carrier.Header($0.name, $0.text) }
    guard case .found(let position) = Carrier.extract(headers), position.ltxid != nil,
      let type = record.headers.first(where: { $0.name == RecordHeaderName.type })?.text,
      let payload = Payload(json: record.value)
    else { return nil }
    return Input(
      key: key, record: record, topic: topic, position: position, answer: JoinPlan.Answer(type: type, payload: payload),
      span: process.tracer.makeID())
  }

  // MARK: Spans

  /// A record that was put aside: that it came is seen in its transaction.
  private func report(_ letter: JoinStep.Letter) {
    let (record, topic) = (letter.record, letter.place.topic)
    world.joins.cameOut(topic: topic, key: record.key ?? [], offset: record.offset)
    process.noteUnreadable(record, in: letter.place, as: "join \(topic)", because: letter.reason)
    world.deadLettered(record, topic: topic, because: letter.reason)
  }

  /// A record's span is the time for which it waited for its partner.
  private func report(_ inputs: [Input], _ output: Output?) {
    let (service, instance) = (process.instance.service.name, process.instance.address)
    for input in inputs {
      world.joins.cameOut(topic: input.topic, key: input.key, offset: input.record.offset)
      process.tracer.report(
        TraceSpan(
          gtxid: input.position.gtxid, id: input.span, parent: input.position.span, ltxid: input.ltxid, kind: .consumer,
          service: service, instance: instance, operation: "join \(input.topic)", start: input.record.timestamp,
          duration: world.time.now - input.record.timestamp, status: .ok,
          attributes: [
            SpanAttribute(AttributeName.topic, .text(input.topic)),
            SpanAttribute(AttributeName.offset, .integer(input.record.offset)),
            SpanAttribute(AttributeName.state, .text(input.answer.type)),
          ]))
    }
    guard let output, let gtxid = inputs.first?.position.gtxid else { return }
    process.tracer.report(
      TraceSpan(
        gtxid: gtxid, id: output.span, parent: output.parent, ltxid: output.ltxid, kind: .producer, service: service,
        instance: instance, operation: output.verdict.type, start: world.time.now, duration: 0, status: .ok,
        peer: plan.output,
        attributes: [
          SpanAttribute(AttributeName.topic, .text(plan.output)),
          SpanAttribute(AttributeName.messageID, .text(output.message)),
        ]))
  }
}
