internal import Operations
internal import OrderedCollections
internal import Resilience
internal import ShopMessages
internal import Simulation
internal import TraceModel

/// What order asks search before it takes an order: whether there is enough of such a product, and what it costs now
/// (`ProductsInfoService`). That is what the order costs, whatever the customer was shown, and whatever becomes of the price
/// before it is charged. No order is lost because search is away: then the last known price counts, and the span and the
/// answer say so.
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
  static let soldOut = "SOLD_OUT"
  static let tooFew = "TOO_FEW"

  private let process: ServiceProcess
  private let world: World
  /// What each product cost when search last said so.
  private var known = OrderedDictionary<String, UInt32>()

  init(process: ServiceProcess) {
    self.process = process
    world = process.world
  }

  /// What an order comes to, or why it is not taken.
  func answer(to order: Payload, _ context: TraceContext) async throws -> ProductAnswer {
    guard world.settings.productsInfo.form != .off, let id = order.sku else {
      return .sells(ProductQuote(amount: order.amount ?? 0))
    }
    let span = process.tracer.start(
      "check the product", kind: .internal, gtxid: context.gtxid, parent: context.span, ltxid: context.ltxid)
    defer { span.end() }
    do {
      let info = try await ask(id, context, span)
      if let refusal = refusal(of: order, info, span) { return .refuses(refusal) }
      known[id] = info.price
      return sells(order, at: info.price, Self.fromSearch, span)
    } catch {
      try process.life.check()
      guard world.settings.productsInfo.fallsBack else {
        span.fail("\(error)")
        return .silent("what \(id) costs is not known: \(error)")
      }
      process.log(.warn, context, "search does not say what \(id) costs: \(error)")
      return sells(order, at: known[id], known[id] == nil ? Self.asShown : Self.lastKnown, span)
    }
  }

  private func ask(_ id: String, _ context: TraceContext, _ span: OpenSpan) async throws -> Shop_ProductInfo {
    var wish = Shop_ProductsInfoRequest()
    wish.ids = [id]
    let (json, protobuf) = (try wish.json(), try wish.protobuf())
    let isProtobuf = world.settings.productsInfo.form == .protobuf
    let form: SerialisationModel = isProtobuf ? .protobuf : .json
    var question = Request(ProductsInfo.method)
    if isProtobuf { question.protobuf = protobuf } else { question.body = Payload(json: json) ?? Payload() }
    await world.time.pause(for: form.writing.time(of: isProtobuf ? protobuf.count : json.count))
    let answer = try await send(question, context, span)
    let found =
      try answer.protobuf.map { try Shop_ProductsInfoResponse(protobuf: $0) }
      ?? Shop_ProductsInfoResponse(json: answer.body.json)
    let sizes = MessageSizes(
      requestJSON: json.count, requestProtobuf: protobuf.count, responseJSON: try found.json().count,
      responseProtobuf: try found.protobuf().count)
    await world.time.pause(for: form.reading.time(of: isProtobuf ? sizes.responseProtobuf : sizes.responseJSON))
    try process.life.check()
    span.set(sizes, sentAs: isProtobuf ? MessageSizes.protobuf : MessageSizes.json)
    world.messages.note(
      sizes, on: Edge(caller: process.instance.service.name, callee: ShopPlan.search), isProtobuf: isProtobuf)
    guard let info = found.products.first else { throw HandlingFailed(description: "search says nothing of \(id)") }
    return info
  }

  private func send(_ question: Request, _ context: TraceContext, _ span: OpenSpan) async throws -> Response {
    let client = process.client(of: ShopPlan.search)
    let outcome = await TraceContext.$current.withValue(context.inside(span.id)) {
      await client.call(question, in: span)
    }
    let answer = try outcome.result.get()
    guard answer.status == 200 else { throw HandlingFailed(description: "search answered \(answer.status)") }
    return answer
  }

  /// - Parameter price: of one piece; nil: what the customer was shown counts.
  private func sells(_ order: Payload, at price: UInt32?, _ source: String, _ span: OpenSpan) -> ProductAnswer {
    span.set(Self.source, .text(source))
    if let price { span.set(Self.price, .integer(Int64(price))) }
    span.succeed()
    let amount = price.map { Int64($0) * (order.quantity ?? 0) } ?? order.amount ?? 0
    return .sells(ProductQuote(amount: amount, source: source))
  }

  /// Nil when nothing speaks against the order. That a product is sold out is an answer, and no error of anybody.
  private func refusal(of order: Payload, _ info: Shop_ProductInfo, _ span: OpenSpan) -> OrderRefusal? {
    let wanted = order.quantity ?? 0
    guard info.status != .unknown else {
      let reason = "there is no product \(info.id)"
      span.fail(reason)
      return OrderRefusal(status: 404, reason: reason)
    }
    guard info.status == .soldOut || Int64(info.quantity) < wanted else { return nil }
    let isGone = info.status == .soldOut || info.quantity == 0
    span.set(AttributeName.state, .text(isGone ? Self.soldOut : Self.tooFew))
    span.succeed()
    return OrderRefusal(
      status: 409,
      reason: isGone ? "\(info.id) \(BusinessReason.soldOut)" : "\(info.id) ×\(wanted): \(BusinessReason.tooFew)")
  }
}
