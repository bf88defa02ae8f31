extension GatewayConfiguration {
  /// The table as an OpenAPI 3.1 document. What the standard has no word for stands under `x-…`.
  public func specification(title: String) -> JSONNode {
    var paths = JSONNode.object([])
    for route in routes {
      let path = route.pattern.description
      var item = paths[path] ?? .object([])
      for method in route.methods.isEmpty ? ["GET", "POST", "PUT", "DELETE"] : route.methods {
        let name = method.lowercased()
        var operation = Self.operation(of: route)
        // Several routes of one path and method, told apart by header or content, are one operation for OpenAPI.
        if var first = item[name] {
          first["x-variants"] = .array((first["x-variants"]?.elements ?? []) + [operation])
          operation = first
        }
        item[name] = operation
      }
      paths[path] = item
    }
    return [
      "openapi": "3.1.0", "info": ["title": .text(title), "version": .text(String(version))], "paths": paths,
      "components": ["securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]]],
    ]
  }

  private static func operation(of route: RouteDefinition) -> JSONNode {
    var parameters = route.pattern.parameters.map { name -> JSONNode in
      ["name": .text(name), "in": "path", "required": true, "schema": ["type": "string"]]
    }
    parameters += route.headers.map { condition in
      var schema: JSONNode = ["type": "string"]
      if let value = condition.value { schema["const"] = .text(value) }
      return ["name": .text(condition.name), "in": "header", "required": true, "schema": schema]
    }
    var operation: JSONNode = [
      "operationId": .text(route.id), "parameters": .array(parameters), "responses": responses(of: route),
      "security": .array(route.isPublic ? [] : [["bearer": .array(route.roles.map { .text($0) })]]),
    ]
    if !route.summary.isEmpty { operation["summary"] = .text(route.summary) }
    switch route.target {
    case .service(let service): operation["x-service"] = .text(service)
    case .topic(let topic): operation["x-topic"] = .text(topic)
    }
    operation["x-kind"] = .text(route.kind == .streaming ? "stream" : route.isAsynchronous ? "message" : "exchange")
    if let limit = route.maximumBodyBytes { operation["x-maximum-body-bytes"] = .integer(Int64(limit)) }
    if let translation = route.translation { operation["x-protobuf"] = .text(translation.request) }
    if let translation = route.translation, translation.isOpen {
      operation["requestBody"] = ["content": forms(translation.request)]
    }
    if !route.fields.isEmpty { operation["requestBody"] = body(of: route) }
    if let sandbox = route.sandbox {
      operation["x-sandbox"] = .text("/sandbox" + route.pattern.description)
      if sandbox == .gateway { operation["x-sandbox-answer"] = "checked by the gateway, and passed on to nobody" }
    }
    if !route.content.isEmpty {
      operation["x-content"] = .object(route.content.map { JSONNode.Member($0.path, .text($0.value)) })
    }
    return operation
  }

  private static func body(of route: RouteDefinition) -> JSONNode {
    let schema: JSONNode = [
      "type": "object", "required": .array(route.fields.filter(\.isRequired).map { .text($0.name) }),
      "properties": .object(route.fields.map { JSONNode.Member($0.name, $0.schema) }),
    ]
    return ["required": true, "content": ["application/json": ["schema": schema]]]
  }

  /// The forms that a message may have.
  private static func forms(_ message: String) -> JSONNode {
    let form: JSONNode = ["x-message": .text(message)]
    return .object([.init("application/json", form), .init(GatewayHeaders.protobuf, form)])
  }

  private static func responses(of route: RouteDefinition) -> JSONNode {
    var responses: JSONNode = ["default": ["description": "refused: problem details (RFC 9457)"]]
    if route.isAsynchronous {
      responses["202"] = ["description": .text("accepted; ask with the GTXID: GET \(route.statusPath)")]
    } else {
      responses["200"] = ["description": .text(route.kind == .streaming ? "a stream" : "the answer")]
      if let translation = route.translation, translation.isOpen {
        responses["200"]?["content"] = forms(translation.response)
      }
    }
    if route.translation?.isOpen != true {
      responses["415"] = ["description": .text("the body is \(GatewayHeaders.protobuf); send application/json")]
    }
    if !route.fields.isEmpty { responses["400"] = ["description": "the body is not as it must be"] }
    if case .topic(let topic) = route.target {
      responses["503"] = ["description": .text("topic \(topic) is out of reach, and nothing was accepted")]
    }
    if !route.isPublic { responses["401"] = ["description": "no valid token"] }
    if !route.roles.isEmpty {
      responses["403"] = ["description": .text("needs " + route.roles.joined(separator: " or "))]
    }
    return responses
  }
}
