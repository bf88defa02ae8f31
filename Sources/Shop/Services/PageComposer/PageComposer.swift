internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel

/// The orchestration layer: the product page, composed of what seven services say at the same time. What one of them
/// does not say is missing from the page; a page without its product is none.
actor PageComposer: ShopService {
  /// A part of the page: who has it, and how to ask.
  private struct Part: Sendable {
    var service: String
    var route: String
  }

  private static let parts = [
    Part(service: ShopPlan.catalog, route: "GET /products/{sku}"), Part(service: ShopPlan.cart, route: "GET /carts"),
    Part(service: ShopPlan.order, route: "GET /orders"), Part(service: ShopPlan.review, route: "GET /reviews/{sku}"),
    Part(service: ShopPlan.inventory, route: "GET /stock/{sku}"),
    Part(service: ShopPlan.shipping, route: "GET /quotes/{sku}"),
    Part(service: ShopPlan.recommendation, route: "GET /recommendations/{sku}"),
  ]

  static let plan = ServicePlan(
    name: ShopPlan.pageComposer, team: "web", instances: 2, firstPort: 41_921, workers: 32,
    calls: parts.map { part in
      var call = CallPlan(part.service, "a part of the product page; left out when it fails")
      // Nobody waits long for a page: what is not there is left out.
      call.timeLimit = .seconds(2)
      call.retry.maxAttempts = 1
      return call
    }, program: { PageComposer($0) })

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess

  init(_ process: ServiceProcess) {
    self.process = process
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    guard request.route == "GET /pages/{sku}" else { return .notFound("page-composer has no \(request.route)") }
    let replies = Self.parts.map { part in ask(part, request, context) }
    var page = Payload(sku: request.argument)
    var found: [Payload] = []
    var missing: [String] = []
    for (part, reply) in zip(Self.parts, replies) {
      let answer = try await reply.value()
      if var body = answer?.body, answer?.status == 200 {
        body.part = part.service
        found.append(body)
      } else if let answer, answer.status == 404, part.service == ShopPlan.catalog {
        return answer
      } else {
        missing.append(part.service)
      }
    }
    page.entries = found
    if !missing.isEmpty { page.missing = missing.joined(separator: ", ") }
    guard found.first?.part == ShopPlan.catalog else {
      return Response(503, body: Payload(reason: "the product itself cannot be had: catalog does not answer"))
    }
    if !missing.isEmpty {
      process.world.counters.partialPages += 1
      process.tracer.openSpan(of: context.gtxid)?.set("page.missing", .text(page.missing ?? ""))
    }
    return Response(200, body: page)
  }

  /// Asks in a task of its own, so that all are asked at once. The reply is nil when there is no answer.
  private func ask(_ part: Part, _ request: Request, _ context: TraceContext) -> Reply<Response?> {
    let reply = Reply<Response?>()
    let process = process
    process.life.spawn {
      await TraceContext.$current.withValue(context) {
        let question = Request(part.route, argument: request.argument, user: request.user)
        let outcome = await process.client(of: part.service).call(question, in: nil)
        reply.resolve(.success(try? outcome.result.get()))
      }
    }
    return reply
  }
}
