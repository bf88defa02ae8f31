internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel
internal import Transactions

/// A topic that takes messages from outside: what a body must have to become a record, and where one asks what became of
/// it.
struct MessageIntake: Sendable {
  var topic: String
  /// Of the records.
  var type: String
  /// The field that is their key.
  var key: String
  var fields: [FieldRule]
  var statusPath: String

  /// Reviews that a program sends as messages. Customers whom the strangler has not moved can do so, too: the legacy shop
  /// has no queue, and is told of the review as of any other.
  static let reviews = MessageIntake(
    topic: TopicName.reviews, type: EventType.reviewSubmitted, key: "sku",
    fields: [
      FieldRule("sku", .text(atMost: 64)), FieldRule("stars", .integer(1...5)),
      FieldRule("words", .text(atMost: 2_000), isRequired: false),
    ], statusPath: "/messages/reviews/{gtxid}")
}

/// A message on its way from a gateway to its topic. Who has sent it is answered when the bus has it, and no service is
/// asked.
struct GatewayMessage: Sendable {
  let process: ServiceProcess
  let intake: MessageIntake
  let body: [UInt8]
  let user: String

  private static let interval: Int64 = 1_000_000_000

  /// - Throws: `InstanceCrashed`.
  func publish(in context: TraceContext) async throws -> Result<Response, UpstreamFailure> {
    let wasInReach = !process.bus.isOutOfReach
    do {
      // What cannot be sent is no crossing, and gets no number.
      try process.bus.reach()
      try await process.bus.publish([try entry(in: context)])
      return .success(Response(202))
    } catch let error as InstanceCrashed {
      throw error
    } catch {
      if wasInReach { askUntilInReach() }
      process.log(.error, context, "\(intake.type) not accepted: \(error)")
      return .failure(UpstreamFailure(status: 503, "topic \(intake.topic): \(error)"))
    }
  }

  /// Of the body what the topic takes, and who has sent it.
  private func entry(in context: TraceContext) throws -> Outbox.Entry {
    let said = try JSONNode(body)
    var payload = Payload(user: user)
    for field in intake.fields {
      payload[field.name] = said[field.name].flatMap {
        $0.text.map(Payload.Value.text) ?? $0.integer.map(Payload.Value.number)
      }
    }
    var entry = Outbox.Entry.event(
      intake.type, to: intake.topic, order: 0, payload, context: context, process: process)
    entry.key = payload.text(intake.key) ?? ""
    return entry
  }

  /// Others ask the bus all the time; a gateway would be unwell until the next message comes.
  private func askUntilInReach() {
    process.life.spawn { [process] in
      while !process.life.isOver, (try? process.bus.reach()) == nil {
        try? await process.world.time.sleep(for: Self.interval)
      }
    }
  }
}
