internal import Operations
internal import OrderedCollections
internal import Resilience
internal import ShopMessages
internal import Simulation
internal import TraceModel

/// What order asks search before it takes an order: whether there is such a product, and what it costs now
/// (`ProductsInfoService`). No order is lost because search is away: then the last known price counts, and the span says so.
final class ProductCheck: @unchecked Sendable {
  static var plan: CallPlan {
    var call = CallPlan(ShopPlan.search, "asks for price and quantity of a product; falls back to the last known ones")
    // The customer waits for it.
    call.timeLimit = .milliseconds(500)
    call.retry.maxAttempts = 1
    return call
  }

  /// Text: whose price counts.
  static let source = "price.source"
  static let fromSearch = "search"
  static let lastKnown = "last known"
  /// As the customer saw it: nobody has asked for this product before.
  static let asShown = "as shown"
  /// Integer: in won.
  static let price = "price.won"

  private let process: ServiceProcess
  private let world: World
  private var known = OrderedDictionary<String, Shop_ProductInfo>()

  init(process: ServiceProcess) {
    self.process = process
    world = process.world
  }

  /// Why the order is not taken; nil: nothing speaks against it.
  func refusal(of order: Payload, _ context: TraceContext) async throws -> Response? {
    guard world.settings.productsInfo.form != .off, let id = order.sku else { return nil }
    let span = process.tracer.start(
      "check the product", kind: .internal, gtxid: context.gtxid, parent: context.span, ltxid: context.ltxid)
    defer { span.end() }
    do {
      let info = try await ask(id, context, span)
      guard info.status != .unknown else { return turnAway("there is no product \(id)", context, span) }
      known[id] = info
      tell(info.price, Self.fromSearch, span)
    } catch {
      try process.life.check()
      guard world.settings.productsInfo.fallsBack else {
        span.fail("\(error)")
        return Response(503, body: Payload(reason: "what \(id) costs is not known: \(error)"))
      }
      process.log(.warn, context, "search does not say what \(id) costs: \(error)")
      tell(known[id]?.price, known[id] == nil ? Self.asShown : Self.lastKnown, span)
    }
    return nil
  }

  private func ask(_ id: String, _ context: TraceContext, _ span: OpenSpan) async throws -> Shop_ProductInfo {
    var wish = Shop_ProductsInfoRequest()
    wish.ids = [id]
    let (json, protobuf) = (try wish.json(), try wish.protobuf())
    var question = Request(ProductsInfo.method)
    if world.settings.productsInfo.form == .protobuf {
      question.protobuf = protobuf
    } else {
      question.body = Payload(json: json) ?? Payload()
    }
    let (asked, client) = (question, process.client(of: ShopPlan.search))
    let outcome = await TraceContext.$current.withValue(context.inside(span.id)) {
      await client.call(asked, in: span)
    }
    let answer = try outcome.result.get()
    guard answer.status == 200 else { throw HandlingFailed(description: "search answered \(answer.status)") }
    let found =
      try answer.protobuf.map { try Shop_ProductsInfoResponse(protobuf: $0) }
      ?? Shop_ProductsInfoResponse(json: answer.body.json)
    span.set(
      MessageSizes(
        requestJSON: json.count, requestProtobuf: protobuf.count, responseJSON: try found.json().count,
        responseProtobuf: try found.protobuf().count),
      sentAs: question.protobuf == nil ? MessageSizes.json : MessageSizes.protobuf)
    guard let info = found.products.first else { throw HandlingFailed(description: "search says nothing of \(id)") }
    return info
  }

  private func tell(_ price: UInt32?, _ source: String, _ span: OpenSpan) {
    span.set(Self.source, .text(source))
    if let price { span.set(Self.price, .integer(Int64(price))) }
    span.succeed()
  }

  private func turnAway(_ reason: String, _ context: TraceContext, _ span: OpenSpan) -> Response {
    span.fail(reason)
    // There is no order, and none can come.
    world.transactions.answered(context.gtxid, 404, reason: reason)
    return .notFound(reason)
  }
}
