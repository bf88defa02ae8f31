internal import Operations
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel

/// One request that a gateway passes on: to the service or the topic that its route leads to, and back.
struct GatewayPassage: Sendable {
  let process: ServiceProcess
  let desk: GatewayDesk
  let call: GatewayCall
  let exchange: GatewayExchange
  let request: Request
  let route: GatewayRoute
  let trail: GatewayTrail

  private var world: World { process.world }
  private var context: TraceContext { trail.context }

  /// - Throws: `InstanceCrashed`.
  func run() async throws -> Response {
    let server = process.tracer.openSpan(of: context.gtxid)
    let span = process.tracer.start(
      "ROUTE \(route.definition.id)", kind: .internal, gtxid: context.gtxid, parent: context.span, ltxid: context.ltxid)
    guard case .service(let service) = call.target else {
      server?.isMessage = true
      return try await send(in: span)
    }
    let outcome = await ask(service, server, inside: span)
    try process.life.check()
    switch outcome.result {
    case .success(let response):
      span.succeed()
      answered(response, by: service)
      return finish(.success(response), from: service, in: span)
    case .failure(let error):
      let failure = notAnswered(by: service, error, isUnknown: outcome.isUnknown)
      span.fail(failure.sentence)
      return finish(.failure(failure), from: service, in: span)
    }
  }

  // MARK: To a service

  private func ask(_ service: String, _ server: OpenSpan?, inside span: OpenSpan) async -> RemoteClient.Outcome {
    var forwarded = forwarded()
    if exchange.route?.canary != nil { forwarded.isForCanary = call.version != nil }
    let (client, question) = (process.client(of: service), forwarded)
    return await TraceContext.$current.withValue(context.inside(span.id)) {
      guard call.kind == .streaming, let events = request.events else {
        return await client.call(question, in: server)
      }
      return await GatewayStream(process: process, client: client, question: question, send: events).run(in: server)
    }
  }

  /// What the service behind is told: who asks, as the token says, and nothing of the token.
  private func forwarded() -> Request {
    var target = call.isSandbox ? route.sandboxTarget ?? route.target : route.target
    // The legacy shop is asked as it was when nothing stood before it.
    if call.isLegacy { target = desk.plan.route(route.definition.id).route }
    let user = exchange.claims?.subject ?? ""
    if exchange.route?.translation != nil {
      var translated = Request(target, user: user)
      translated.protobuf = call.request.body
      return translated
    }
    var body = request.body
    if call.request.body != exchange.original.body { body = Payload(json: call.request.body) ?? body }
    if route.definition.id == "member.log-out" {
      // Member is the one that has to know which token it is.
      body.token = exchange.request.headers["Authorization"].map { String($0.drop { $0 != " " }.dropFirst()) }
    }
    return Request(
      target, argument: exchange.parameters.first?.value ?? request.argument, body: body, user: user)
  }

  private func answered(_ response: Response, by service: String) {
    if let capability = route.capability, let isLegacy = exchange.isLegacy, route.kind != TransactionKind.status {
      world.strangler.served(capability, byLegacy: isLegacy)
    }
    if route.kind == TransactionKind.checkout, !exchange.isSandbox, response.status >= 400 {
      // It came to somebody who takes no orders.
      world.transactions.refusedAtGateway(
        context.gtxid, reason: response.body.reason ?? "\(service) answered \(response.status)")
    }
  }

  private func notAnswered(by service: String, _ error: any Error, isUnknown: Bool) -> UpstreamFailure {
    let reason = error is CallNotPermitted ? "breaker \(service) is OPEN" : "\(error)"
    if route.kind == TransactionKind.checkout, !exchange.isSandbox {
      world.transactions.refusedAtGateway(context.gtxid, reason: reason)
      process.log(.error, context, "order not accepted: \(reason)")
    }
    return UpstreamFailure(status: isUnknown ? 504 : 503, reason)
  }

  // MARK: To a topic

  /// What the bus has acknowledged is accepted.
  private func send(in span: OpenSpan) async throws -> Response {
    guard let intake = route.intake else { preconditionFailure("a route to a topic says what it takes") }
    let message = GatewayMessage(
      process: process, intake: intake, body: call.request.body, user: exchange.claims?.subject ?? "")
    let result = try await message.publish(in: context.inside(span.id))
    try process.life.check()
    switch result {
    case .success:
      span.succeed()
      if let capability = route.capability, exchange.isLegacy == false {
        world.strangler.served(capability, byLegacy: false)
      }
    case .failure(let failure): span.fail(failure.sentence)
    }
    return finish(result, from: intake.topic, in: span)
  }

  // MARK: And back

  private func finish(
    _ result: Result<Response, UpstreamFailure>, from service: String, in span: OpenSpan
  ) -> Response {
    let sent = result.map { GatewayResponse($0) }
    let answer = desk.complete(exchange, with: sent, now: world.time.now)
    if case .success(let bytes) = sent { note(bytes, answer, from: service, on: span) }
    span.end()
    trail.after(answer)
    desk.count(answer, context.gtxid, now: world.time.now)
    var response = Response(answer.response.status)
    response.headers = answer.carried
    switch (result, sent) {
    case (.success(let own), .success(let bytes)):
      // What the service said is passed on as it is; of what was accepted the answer says where to ask, too.
      response.body = own.body
      guard answer.response.body != bytes.body else {
        response.protobuf = own.protobuf
        break
      }
      response.body = exchange.route?.kind == .asynchronous ? own.body.merging(answer.payload) : answer.payload
    case (.failure(let failure), _), (_, .failure(let failure)):
      response.body = answer.payload
      response.body.reason = failure.sentence
    }
    if answer.log.isUnchecked { response.headers.append(Carrier.Header(GatewayService.unchecked, "fail-open")) }
    return response
  }

  /// What translating has saved. What is said in protobuf on both sides is passed on as it is, and nobody knows what it
  /// would weigh as JSON.
  private func note(_ bytes: GatewayResponse, _ answer: GatewayAnswer, from service: String, on span: OpenSpan) {
    guard exchange.original.body != exchange.request.body, exchange.route?.translation != nil, answer.failure == nil,
      answer.response.body != bytes.body
    else { return }
    let sizes = MessageSizes(
      requestJSON: exchange.original.body.count, requestProtobuf: exchange.request.body.count,
      responseJSON: answer.response.body.count, responseProtobuf: bytes.body.count)
    span.set(sizes, sentAs: MessageSizes.protobuf)
    // How long the gateway itself takes for it is part of what its filters take.
    world.messages.note(sizes, on: Edge(caller: desk.table.name, callee: service), isProtobuf: true)
  }
}

extension GatewayAnswer {
  /// Its body as the shop's programs read it.
  var payload: Payload { Payload(json: response.body) ?? Payload() }

  /// Its headers but for the id, which is put on every answer by whoever gives it.
  var carried: [Carrier.Header] { response.headers.all.filter { $0.name != Carrier.gtxid } }
}

extension Payload {
  /// With the fields of another in place of its own.
  fileprivate func merging(_ other: Payload) -> Payload {
    var merged = self
    for field in other.fields { merged[field.name] = field.value }
    return merged
  }
}
