internal import Operations
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel

/// The only ways in: one gateway for customers and partners, one for those who run the shop. Each request goes through
/// the filters of `Platform`'s gateway, and on to the service that answers it, see ``GatewayTable``. `POST /orders` is
/// answered with 202 and the GTXID to ask with; `GET /transactions/{gtxid}` says how far it is. What is sent to
/// `POST /messages/…` becomes a record of a topic, with no service in its way.
actor GatewayService: ShopService {
  static let plan = plan(.external, instances: 2, firstPort: 41_801)
  static let insidePlan = plan(.inside, instances: 2, firstPort: 41_971)

  private static func plan(_ table: GatewayTable, instances: Int, firstPort: Int) -> ServicePlan {
    var plan = ServicePlan(
      name: table.name, team: "edge", instances: instances, firstPort: firstPort, workers: 64, calls: table.calls,
      program: { GatewayService($0, table) })
    plan.usesKeyValueStore = true
    plan.publishesDirectly = !table.intakes.isEmpty
    plan.streams = table.routes.contains { $0.definition.kind == .streaming } ? 512 : 0
    return plan
  }

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let desk: GatewayDesk
  private var random: RandomStream
  private let filters = LatencyModel(floor: 0.2, mean: 0.3)

  init(_ process: ServiceProcess, _ table: GatewayTable) {
    self.process = process
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.random("work")
    desk = GatewayDesk(table, settings: process.world.settings.edge, process: process)
    process.gatewayDesk = desk
    process.world.edge.opened(desk, at: process.instance.name)
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let trail = GatewayTrail(process: process, context: context, start: world.time.now)
    await world.time.pause(for: filters.sample(&random))
    try process.life.check()
    // What it is called behind the gateway is what the table says that its route was found in.
    let table = desk.table
    var step = desk.begin(GatewayRequest(request, gtxid: context.gtxid), now: world.time.now)
    while case .lookUp(let key, let exchange) = step {
      let value = try await process.keyValueStore.value(of: key)
      step = desk.resume(exchange, with: value, now: world.time.now)
    }
    switch step {
    case .forward(let call, let exchange):
      trail.before(exchange.runs)
      guard let route = exchange.route.map({ table.route($0.id) }) else {
        preconditionFailure("what is passed on has a route")
      }
      return try await forward(call, exchange, request, route, trail)
    case .answered(let answer):
      trail.before(answer.runs)
      trail.after(answer)
      return turnedAway(answer, context)
    case .lookUp: preconditionFailure("a look-up is answered before anything else")
    }
  }

  // MARK: Answered here

  private func turnedAway(_ answer: GatewayAnswer, _ context: TraceContext) -> Response {
    desk.count(answer, context.gtxid, now: world.time.now)
    var response = Response(answer.response.status, body: Self.body(answer))
    response.headers = Self.headers(answer)
    guard let failure = answer.failure else { return response }
    response.body.reason = failure.sentence
    process.log(
      .warn, context, "\(answer.log.method) \(answer.log.path) refused: \(failure.status) \(failure.sentence)")
    if process.tracer.openSpan(of: context.gtxid)?.isCheckout == true {
      // It never left: there is no order, and none can come.
      world.transactions.answered(context.gtxid, failure.status, reason: failure.sentence)
    }
    return response
  }

  // MARK: Passed on

  private func forward(
    _ call: GatewayCall, _ exchange: GatewayExchange, _ request: Request, _ route: GatewayRoute, _ trail: GatewayTrail
  ) async throws -> Response {
    let context = trail.context
    let server = process.tracer.openSpan(of: context.gtxid)
    let span = process.tracer.start(
      "ROUTE \(route.definition.id)", kind: .internal, gtxid: context.gtxid, parent: context.span, ltxid: context.ltxid)
    guard case .service(let service) = call.target else {
      server?.isMessage = true
      return try await send(call, exchange, route, trail, in: span)
    }
    var forwarded = forwarded(call, exchange, request, route)
    if exchange.route?.canary != nil { forwarded.isForCanary = call.version != nil }
    let client = process.client(of: service)
    let outcome = await TraceContext.$current.withValue(context.inside(span.id)) {
      guard call.kind == .streaming, let events = request.events else {
        return await client.call(forwarded, in: server)
      }
      return await GatewayStream(process: process, client: client, question: forwarded, send: events).run(in: server)
    }
    try process.life.check()
    switch outcome.result {
    case .success(let response):
      span.succeed()
      if let capability = route.capability, let isLegacy = exchange.isLegacy, route.kind != TransactionKind.status {
        world.strangler.served(capability, byLegacy: isLegacy)
      }
      if route.kind == TransactionKind.checkout, !exchange.isSandbox, response.status >= 400 {
        // It came to somebody who takes no orders.
        world.transactions.refusedAtGateway(
          context.gtxid, reason: response.body.reason ?? "\(service) answered \(response.status)")
      }
      return finish(exchange, .success(response), from: service, context, trail, in: span)
    case .failure(let error):
      let reason = error is CallNotPermitted ? "breaker \(service) is OPEN" : "\(error)"
      span.fail(reason)
      if route.kind == TransactionKind.checkout, !exchange.isSandbox {
        world.transactions.refusedAtGateway(context.gtxid, reason: reason)
        process.log(.error, context, "order not accepted: \(reason)")
      }
      let failure = UpstreamFailure(status: outcome.isUnknown ? 504 : 503, reason)
      return finish(exchange, .failure(failure), from: service, context, trail, in: span)
    }
  }

  /// To a topic: what the bus has acknowledged is accepted.
  private func send(
    _ call: GatewayCall, _ exchange: GatewayExchange, _ route: GatewayRoute, _ trail: GatewayTrail, in span: OpenSpan
  ) async throws -> Response {
    guard let intake = route.intake else { preconditionFailure("a route to a topic says what it takes") }
    let context = trail.context
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
    return finish(exchange, result, from: intake.topic, context, trail, in: span)
  }

  /// What the service behind is told: who asks, as the token says, and nothing of the token.
  private func forwarded(
    _ call: GatewayCall, _ exchange: GatewayExchange, _ request: Request, _ route: GatewayRoute
  ) -> Request {
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

  private func finish(
    _ exchange: GatewayExchange, _ result: Result<Response, UpstreamFailure>, from service: String,
    _ context: TraceContext, _ trail: GatewayTrail, in span: OpenSpan
  ) -> Response {
    let sent = result.map { GatewayResponse($0) }
    let answer = desk.complete(exchange, with: sent, now: world.time.now)
    // What is said in protobuf on both sides is passed on as it is, and nobody knows what it would weigh as JSON.
    if exchange.original.body != exchange.request.body, exchange.route?.translation != nil, answer.failure == nil,
      case .success(let bytes) = sent, answer.response.body != bytes.body
    {
      let sizes = MessageSizes(
        requestJSON: exchange.original.body.count, requestProtobuf: exchange.request.body.count,
        responseJSON: answer.response.body.count, responseProtobuf: bytes.body.count)
      span.set(sizes, sentAs: MessageSizes.protobuf)
      // How long the gateway itself takes for it is part of what its filters take.
      world.messages.note(sizes, on: Edge(caller: desk.table.name, callee: service), isProtobuf: true)
    }
    span.end()
    trail.after(answer)
    desk.count(answer, context.gtxid, now: world.time.now)
    var response = Response(answer.response.status)
    response.headers = Self.headers(answer)
    switch (result, sent) {
    case (.success(let own), .success(let bytes)):
      // What the service said is passed on as it is; of what was accepted the answer says where to ask, too.
      response.body = own.body
      guard answer.response.body != bytes.body else {
        response.protobuf = own.protobuf
        break
      }
      let changed = Self.body(answer)
      response.body = exchange.route?.kind == .asynchronous ? own.body.merging(changed) : changed
    case (.failure(let failure), _), (_, .failure(let failure)):
      response.body = Self.body(answer)
      response.body.reason = failure.sentence
    }
    if answer.log.isUnchecked { response.headers.append(Carrier.Header(Self.unchecked, "fail-open")) }
    return response
  }

  /// On an answer to somebody whose token nobody could check.
  static let unchecked = "X-Token-Unchecked"

  private static func body(_ answer: GatewayAnswer) -> Payload { Payload(json: answer.response.body) ?? Payload() }

  /// The id is put on every answer, by whoever gives it.
  private static func headers(_ answer: GatewayAnswer) -> [Carrier.Header] {
    answer.response.headers.all.filter { $0.name != Carrier.gtxid }
  }
}

extension Payload {
  /// With the fields of another in place of its own.
  fileprivate func merging(_ other: Payload) -> Payload {
    var merged = self
    for field in other.fields { merged[field.name] = field.value }
    return merged
  }
}
