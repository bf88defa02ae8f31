internal import Operations
internal import Platform

/// Where the calls of a route go, as it is typed: `GET /products/{sku} > page-composer GET /pages/{sku}`. Without the last
/// two words they are called the same behind the gateway as before it; `POST /messages/reviews > topic reviews` makes
/// records of them, and `off` lets them go nowhere.
struct RouteSetting: Sendable, Equatable, CustomStringConvertible {
  /// `GET /products/{sku}`
  var route: String
  var service: String
  var target: String

  static let off = "off"
  /// In place of a service.
  static let topic = "topic"
  private static let methods = ["GET", "POST", "PUT", "DELETE"]

  init(_ route: GatewayRoute) {
    self.route = route.route
    service = route.service
    target = route.target
  }

  /// - Parameters:
  ///   - services: those that the gateway can call.
  ///   - topics: those that it writes to.
  /// - Throws: a sentence that says what would be right.
  init(parsing text: String, services: [String], topics: [String]) throws(FaultSpecError) {
    let words = text.split(separator: " ").map(String.init)
    guard (4...6).contains(words.count), words[2] == ">" else {
      throw FaultSpecError("it is no route; say \(Self.examples(services, topics)), or off")
    }
    let path = try Self.pattern(words[0], words[1])
    guard words[3] != Self.topic else {
      (route, service) = ("\(words[0]) \(path)", words[3])
      target = try Self.topicName(words.dropFirst(4).map(\.self), of: route, services, topics)
      return
    }
    guard services.contains(words[3]) else {
      throw FaultSpecError("the gateway calls no \(words[3]); it calls \(services.joined(separator: ", "))")
    }
    let own = "\(words[0]) \(path)"
    target = try Self.target(words.dropFirst(4).map(\.self), path) ?? own
    (route, service) = (own, words[3])
  }

  /// One of each that its gateway takes.
  private static func examples(_ services: [String], _ topics: [String]) -> String {
    let service = services.contains(ShopPlan.catalog) ? ShopPlan.catalog : services.first ?? ""
    let call = "GET /products/{sku} > \(service)"
    return topics.first.map { "\(call), POST /messages/\($0) > \(topic) \($0)" } ?? call
  }

  private static func topicName(
    _ words: [String], of route: String, _ services: [String], _ topics: [String]
  ) throws(FaultSpecError) -> String {
    guard let example = topics.first else {
      throw FaultSpecError("the gateway writes to no topic; it calls \(services.joined(separator: ", "))")
    }
    guard let name = words.first else {
      throw FaultSpecError("a topic has a name; say \(route) > \(topic) \(example)")
    }
    guard words.count == 1, topics.contains(name) else {
      let all = topics.joined(separator: ", ")
      throw FaultSpecError("the gateway writes to no topic \(words.joined(separator: " ")); it writes to \(all)")
    }
    return name
  }

  /// A method and a path, or a procedure, as in `ProductsInfoService.getProductsInfo`.
  private static func target(_ words: [String], _ path: RoutePattern) throws(FaultSpecError) -> String? {
    guard let first = words.first else { return nil }
    guard words.count > 1 else {
      guard first.contains("."), !first.contains("/") else {
        throw FaultSpecError("\(first) is nothing to be asked for behind the gateway; say GET /pages/{sku}")
      }
      return first
    }
    let behind = try pattern(first, words[1])
    if let unknown = behind.parameters.first(where: { !path.parameters.contains($0) }) {
      throw FaultSpecError("{\(unknown)} is not in \(path), so nobody knows it behind the gateway")
    }
    return "\(first) \(behind)"
  }

  private static func pattern(_ method: String, _ path: String) throws(FaultSpecError) -> RoutePattern {
    guard methods.contains(method) else {
      throw FaultSpecError("\(method) is no method; there are \(methods.joined(separator: ", "))")
    }
    if let problem = RoutePattern.problem(in: path) { throw FaultSpecError(problem) }
    return RoutePattern(path)
  }

  var description: String { "\(route) > \(service)" + (target == route ? "" : " \(target)") }
}

extension GatewayRoute {
  /// The same route, going where that says.
  /// - Parameter intakes: the topics that its gateway writes to.
  func going(by setting: RouteSetting, intakes: [MessageIntake]) -> GatewayRoute {
    guard setting != RouteSetting(self) else { return self }
    let words = setting.route.split(separator: " ").map(String.init)
    var route = self
    (route.route, route.service, route.target) = (setting.route, setting.service, setting.target)
    route.definition.methods = [words[0]]
    route.definition.pattern = RoutePattern(words[1])
    route.lead(to: setting.service == RouteSetting.topic ? intakes.first { $0.topic == setting.target } : nil)
    return route
  }
}

extension GatewayTable {
  static let all = [external, inside]

  /// The table as a configuration has it; what that does not speak of stays as it is planned.
  /// - Throws: a sentence that begins with the key that is wrong.
  func going(by configuration: ShopConfiguration) throws(FaultSpecError) -> GatewayTable {
    var table = self
    table.routes = []
    for route in routes {
      let key = ShopConfiguration.route(route.definition.id)
      let value = configuration[key] ?? "\(RouteSetting(route))"
      if value == RouteSetting.off { continue }
      do throws(FaultSpecError) {
        let setting = try RouteSetting(
          parsing: value, services: calls.map(\.callee), topics: intakes.map(\.topic))
        table.routes.append(route.going(by: setting, intakes: intakes))
      } catch {
        throw FaultSpecError("\(key)=\(value): \(error)")
      }
    }
    return table
  }
}

extension ShopConfiguration {
  private static let routePrefix = "route."

  static func route(_ id: String) -> String { routePrefix + id }
  static func isRoute(_ key: String) -> Bool { key.hasPrefix(routePrefix) }

  /// The routes as they are planned, by key.
  static let plannedRoutes = GatewayTable.all.flatMap(\.routes).map {
    (key: ShopConfiguration.route($0.definition.id), value: "\(RouteSetting($0))")
  }

  /// What a gateway would say that were to go by its routes: it looks at each alone, and at all of them together.
  var routeProblems: [String] {
    GatewayTable.all.flatMap { table -> [String] in
      do throws(FaultSpecError) {
        return try table.going(by: self).configuration(EdgeSettings(), strangler: strangler).problems
      } catch {
        return ["\(error)"]
      }
    }
  }
}
