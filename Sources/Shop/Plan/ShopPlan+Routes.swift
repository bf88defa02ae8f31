internal import OrderedCollections

extension ShopPlan {
  /// The operations that are called in the shop, and the types of records that are read: what a fault can be kept to.
  static let routes: [String] = {
    var routes = OrderedSet<String>()
    for route in GatewayTable.external.routes + GatewayTable.inside.routes {
      routes.formUnion(
        [route.route] + [route.intake == nil ? route.target : nil, route.sandboxTarget].compactMap(\.self))
    }
    routes.append(OrderReturn.question)
    routes.formUnion(PaymentCompany.routes + RegistryService.routes + ConfigService.routes)
    // Of every process, whatever its program is.
    routes.formUnion(["GET /health", "PUT /configuration"])
    for service in services {
      for reading in service.reads { routes.formUnion(reading.operations.keys.sorted()) }
      for join in service.joins { routes.formUnion(join.verdicts) }
    }
    return Array(routes)
  }()
}
