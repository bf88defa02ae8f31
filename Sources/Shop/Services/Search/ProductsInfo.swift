internal import ShopMessages
internal import Simulation
internal import Transactions

/// `ProductsInfoService` of products_info.proto: price, quantity and status of products that somebody names. It answers in
/// the form in which it is asked, protobuf or JSON.
enum ProductsInfo {
  /// As it is called on the wire.
  static let method = "ProductsInfoService.getProductsInfo"
  static let mostIDs = 50

  /// - Parameter time: which it takes to read the question and to write the answer, as ``SerialisationModel`` has it.
  static func answer(
    _ request: Request, from database: DatabasePort, by process: ServiceProcess
  ) async throws -> Response {
    let time = process.world.time
    let isProtobuf = request.protobuf != nil
    let form: SerialisationModel = isProtobuf ? .protobuf : .json
    await time.pause(for: form.reading.time(of: request.protobuf?.count ?? request.body.json.count))
    let question: Shop_ProductsInfoRequest
    do {
      question =
        try request.protobuf.map { try Shop_ProductsInfoRequest(protobuf: $0) }
        ?? Shop_ProductsInfoRequest(json: request.body.json)
    } catch {
      return Response(400, body: Payload(reason: "this is no \(MessageForm.productsInfoRequest.name): \(error)"))
    }
    let ids = question.ids
    guard (1...mostIDs).contains(ids.count) else {
      return Response(400, body: Payload(reason: "1 to \(mostIDs) products are asked for, not \(ids.count)"))
    }
    var found = Shop_ProductsInfoResponse()
    found.products = try await database.find { documents in
      let live = try SearchView.plan.view.live(documents)
      return try ids.map { info($0, of: try SearchView.product($0, in: live, documents)) }
    }
    tell(process.freshness(of: SearchView.plan), in: &found)
    var response = Response(200)
    let bytes = try isProtobuf ? found.protobuf() : found.json()
    if isProtobuf { response.protobuf = bytes } else { response.body = Payload(json: bytes) ?? Payload() }
    await time.pause(for: form.writing.time(of: bytes.count))
    return response
  }

  /// What is not known is not said.
  private static func tell(_ freshness: Freshness?, in found: inout Shop_ProductsInfoResponse) {
    found.positions = (freshness?.positions ?? []).map { UInt64(clamping: $0) }
    if let behind = freshness?.behind { found.behind = UInt64(clamping: behind) }
    if let age = freshness?.nanoseconds { found.milliseconds = UInt64(clamping: age / 1_000_000) }
  }

  private static func info(_ id: String, of product: Payload?) -> Shop_ProductInfo {
    var info = Shop_ProductInfo()
    info.id = id
    guard let product else {
      info.status = .unknown
      return info
    }
    info.price = UInt32(clamping: product.price ?? 0)
    info.quantity = UInt32(clamping: product.quantity ?? 0)
    info.status = info.quantity > 0 ? .inStock : .soldOut
    return info
  }
}
