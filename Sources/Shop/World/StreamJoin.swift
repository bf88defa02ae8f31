internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// One instance's share of a join: reads two topics, and writes what the business decides of each pair, or of a record
/// that found no partner, to a third.
///
/// The outputs, the offsets and what is held go into the log in one transaction, and the spans are reported with it. What
/// was decided for a key before is looked up in a table of the output topic: a record that was published twice decides
/// nothing again.
final class StreamJoin: @unchecked Sendable {
  private let plan: JoinPlan
  private let process: ServiceProcess
  private let world: World
  private let signal: Signal
  private var processor: JoinProcessor?
  private var decisions: KeyedTable?
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
    var type: String
    var parent: SpanID
    var span: SpanID
    var ltxid: LTXID
    var message: String
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
      settings: JoinSettings(kind: kind, within: plan.window)
    ) { unowned.value.output(of: $0) }
    self.processor = processor
    decisions = try KeyedTable(broker: world.broker, topic: plan.output)
    return processor
  }

  private func step(_ processor: JoinProcessor) throws -> JoinStep {
    while let decisions, !decisions.isCurrent { try decisions.update() }
    made = []
    let step = try processor.step(max: 64, now: world.time.now)
    if !step.isDiscarded { for result in made { report(result.inputs, result.output) } }
    return step
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
    guard !isDecided(result.key, since: inputs), let decision = plan.decide(left?.answer, right?.answer) else {
      made.append((inputs, nil))
      return nil
    }
    let gtxid = last.position.gtxid
    var message = "\(gtxid.hex)/\(decision.type)"
    if let source = decision.payload.source { message += "/\(source)" }
    let output = Output(
      type: decision.type, parent: last.span, span: process.tracer.makeID(), ltxid: last.ltxid.next, message: message)
    made.append((inputs, output))
    var headers = Carrier.headers(gtxid: gtxid, ltxid: output.ltxid, span: output.span).map {
      RecordHeader(name: $0.name, text: $0.value)
    }
    headers.append(RecordHeader(name: RecordHeaderName.message, text: message))
    headers.append(RecordHeader(name: RecordHeaderName.type, text: decision.type))
    // Stream time is no time of the log: a verdict of the window's end is written now.
    return ProducerRecord(
      key: result.key, value: decision.payload.json, headers: headers, timestamp: world.time.now)
  }

  /// Whether a verdict stands that nothing changes any more. A rollback may be followed by one of the other side.
  private func isDecided(_ key: [UInt8], since inputs: [Input]) -> Bool {
    let order = inputs.first?.answer.payload.order
    let decidedNow = made.last { $0.inputs.first?.answer.payload.order == order && $0.output != nil }?.output?.type
    let type = decidedNow ?? decisions?[key]?.headerText(RecordHeaderName.type)
    return type == EventType.confirmed || type == EventType.rejected
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
        instance: instance, operation: output.type, start: world.time.now, duration: 0, status: .ok, peer: plan.output,
        attributes: [
          SpanAttribute(AttributeName.topic, .text(plan.output)),
          SpanAttribute(AttributeName.messageID, .text(output.message)),
        ]))
  }
}
