import TestSupport
import Testing

@testable import Platform

/// Each filter by a request that passes, and one that is refused or changed.
@Suite struct GatewayFilterTests {
  private func one(_ change: (inout RouteDefinition) -> Void) throws -> GatewayStage {
    try GatewayStage(GatewayConfiguration(routes: [route("r", "/r", methods: ["GET", "POST"], change)]))
  }

  @Test func authentication() throws {
    var stage = try one { _ in }
    #expect(stage.ask("GET", "/r").response.status == 200)
    let none = stage.ask("GET", "/r", headers: [:])
    #expect(none.response.status == 401)
    #expect(none.response.headers["www-authenticate"] == "Bearer")
    #expect(none.failure?.reason == .noToken)
    let forged = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token() + "x"])
    #expect(forged.failure?.reason == .invalidToken)
    stage.now += 900 * second
    #expect(stage.ask("GET", "/r").failure?.reason == .expiredToken)
    #expect(stage.gateway.refusals(for: .expiredToken) == 1)
    #expect(stage.calls.count == 1)
    var open = try one { $0.isPublic = true }
    #expect(open.ask("GET", "/r", headers: [:]).response.status == 200)
    #expect(open.store.reads == 0)
  }

  @Test func revokedTokens() throws {
    var stage = try one { _ in }
    let claims = GatewayStage.authority.issue(subject: "u1", roles: [], id: "t1", now: epoch).claims
    #expect(stage.ask("GET", "/r").response.status == 200)
    try RevocationList.revoke(claims, in: stage.store, now: stage.now)
    let refused = stage.ask("GET", "/r")
    #expect(refused.response.status == 401)
    #expect(refused.failure?.reason == .revokedToken)
    let other = stage.ask("GET", "/r", headers: ["Authorization": GatewayStage.token(id: "t2")])
    #expect(other.response.status == 200)
  }

  @Test func withoutTheStoreItFailsClosedOrOpenAndSaysWhich() throws {
    var stage = try one { _ in }
    stage.store.failure = "key-value store is down"
    let closed = stage.ask("GET", "/r")
    #expect(closed.response.status == 503)
    #expect(closed.failure?.reason == .revocationUnknown)
    #expect(closed.text.contains("fails closed"))
    var configuration = stage.gateway.configuration
    configuration.revocationPolicy = .failOpen
    try stage.gateway.adopt(configuration)
    let open = stage.ask("GET", "/r")
    #expect(open.response.status == 200)
    #expect(open.log.isUnchecked)
    #expect(
      open.runs.first { $0.name == "revocation" }?.outcome
        == .noted("unchecked, fails open: key-value store is down"))
    #expect(stage.gateway.snapshot(now: epoch).uncheckedAdmissions == 1)
  }

  @Test func roles() throws {
    var stage = try one { $0.roles = ["seller", "admin"] }
    let refused = stage.ask("GET", "/r")
    #expect(refused.response.status == 403)
    #expect(refused.text.contains("seller or admin"))
    let seller = GatewayStage.token(roles: ["customer", "seller"])
    #expect(stage.ask("GET", "/r", headers: ["Authorization": seller]).response.status == 200)
  }

  @Test func bodyLimits() throws {
    var stage = try one { $0.maximumBodyBytes = 10 }
    #expect(stage.ask("POST", "/r", body: "0123456789").response.status == 200)
    #expect(stage.ask("POST", "/r", body: "0123456789a").response.status == 413)
    var configuration = stage.gateway.configuration
    configuration.maximumBodyBytes = 5
    try stage.gateway.adopt(configuration)
    let refused = stage.ask("POST", "/r", headers: [:], body: "012345")
    #expect(refused.response.status == 413)
    #expect(refused.names.prefix(1) == ["PRE body-limit"], "before anything else is looked at")
    #expect(stage.gateway.refusals(for: .bodyTooLarge) == 2)
  }

  @Test func cors() throws {
    var configuration = GatewayConfiguration(routes: [route("r", "/r") { $0.isPublic = true }])
    configuration.cors = CORSRule(origins: ["https://shop.example"], methods: ["GET"])
    var stage = try GatewayStage(configuration)
    func preflight(_ origin: String, _ method: String) -> GatewayAnswer {
      stage.ask("OPTIONS", "/r", headers: ["Origin": origin, "Access-Control-Request-Method": method])
    }
    let allowed = preflight("https://shop.example", "GET")
    #expect(allowed.response.status == 204)
    #expect(allowed.response.headers["Access-Control-Allow-Origin"] == "https://shop.example")
    #expect(allowed.response.headers["Access-Control-Allow-Methods"] == "GET")
    #expect(preflight("https://shop.example", "DELETE").response.status == 403)
    let refused = preflight("https://evil.example", "GET")
    #expect(refused.response.status == 403)
    #expect(refused.response.headers["Access-Control-Allow-Origin"] == nil)
    #expect(stage.calls.isEmpty)
    let simple = stage.ask("GET", "/r", headers: ["Origin": "https://shop.example"])
    #expect(simple.response.headers["Access-Control-Allow-Origin"] == "https://shop.example")
    let other = stage.ask("GET", "/r", headers: ["Origin": "https://evil.example"])
    #expect(other.response.status == 200)
    #expect(other.response.headers["Access-Control-Allow-Origin"] == nil)
  }

  @Test func transformation() throws {
    var stage = try one {
      $0.requestTransforms = [
        .setHeader("X-User", "{subject}"), .removeHeader("Authorization"), .setField("customer.id", "{subject}"),
        .renameField("qty", to: "quantity"), .removeField("secret"), .setPath("/internal/orders"),
      ]
      $0.responseTransforms = [.removeField("ok"), .setField("by", "gateway"), .setHeader("X-Served", "yes")]
    }
    let answer = stage.ask("POST", "/r", body: #"{"qty":2,"secret":1,"customer":{"name":"A"}}"#)
    let call = try #require(stage.calls.first)
    #expect(
      String(decoding: call.request.body, as: UTF8.self) == #"{"customer":{"id":"u1","name":"A"},"quantity":2}"#)
    #expect(call.request.headers["x-user"] == "u1")
    #expect(call.request.headers["authorization"] == nil)
    #expect(call.request.path == "/internal/orders")
    #expect(answer.text == #"{"by":"gateway"}"#)
    #expect(answer.response.headers["X-Served"] == "yes")
    #expect(stage.ask("POST", "/r", body: "{").failure?.reason == .malformedBody)
    stage.answer = .success(GatewayResponse(200, body: Array("<html>".utf8)))
    let failed = stage.ask("POST", "/r", body: "{}")
    #expect(failed.response.status == 500)
    #expect(failed.phases == [.pre, .route, .post, .error], "what cannot be changed is an error in POST")
  }

  /// By media type, in any case and with any parameters; elsewhere it is refused, whatever the body is.
  @Test(arguments: [false, true]) func protobufComesInWhereTheRouteSaysSo(isOpen: Bool) throws {
    var stage = try one {
      $0.translation = RouteDefinition.Translation(
        request: "ProductRequest", response: "ProductRequest", isOpen: isOpen)
    }
    let message: [UInt8] = [0x0A, 2, 0x70, 0x37]
    stage.answer = .success(
      GatewayResponse(200, headers: ["Content-Type": "application/x-protobuf"], body: message))
    var headers: GatewayHeaders = [
      "Authorization": GatewayStage.token(), "Content-Type": " Application/X-Protobuf ; v=1",
    ]
    let body = String(decoding: message, as: UTF8.self)
    let answer = stage.ask("POST", "/r", headers: headers, body: body)
    guard isOpen else {
      #expect(answer.response.status == 415 && answer.failure?.reason == .unsupportedType && stage.calls.isEmpty)
      var plain = try one { _ in }
      let bare = plain.ask("GET", "/r", headers: headers)
      #expect(bare.response.status == 200, "a type without a body says nothing")
      return
    }
    #expect(stage.calls.last?.request.body == message && answer.response.body == message)
    headers["Accept"] = "application/json"
    #expect(stage.ask("POST", "/r", headers: headers, body: body).text == #"{"id":"p7"}"#)
    #expect(stage.ask("POST", "/r", headers: headers, body: "{}").failure?.reason == .untranslatable)
    (headers["Content-Type"], headers["Accept"]) = (nil, "application/x-protobuf")
    #expect(stage.ask("POST", "/r", headers: headers, body: #"{"id":"p7"}"#).response.body == message)
  }

  /// What is accepted, what the body is, and whether the answer is protobuf then.
  @Test(arguments: [
    ("application/x-protobuf, application/json;q=0.5", false, true), ("application/x-protobuf, */*", false, true),
    ("application/json;q=0.5,\tAPPLICATION/X-PROTOBUF\t;\tq=0.8", false, true), ("*/*", true, true),
    ("*/*", false, false), ("text/html, application/*;q=0.1", true, true),
    ("application/json, application/x-protobuf;q=0.9", true, false), ("application/x-protobuf;q=0", true, false),
    ("application/x-protobuf;q=0, */*;q=0.1", false, false), ("text/html", true, false), ("", true, false),
  ]) func theAnswerIsInTheFormThatIsLikedBest(accept: String, isProtobuf: Bool, isAnsweredInProtobuf: Bool) throws {
    var stage = try one {
      $0.translation = RouteDefinition.Translation(request: "ProductRequest", response: "ProductRequest", isOpen: true)
    }
    let message: [UInt8] = [0x0A, 2, 0x70, 0x37]
    stage.answer = .success(GatewayResponse(200, headers: ["Content-Type": GatewayHeaders.protobuf], body: message))
    var headers: GatewayHeaders = ["Authorization": GatewayStage.token(), "Accept": accept]
    if isProtobuf { headers["Content-Type"] = GatewayHeaders.protobuf }
    let body = isProtobuf ? String(decoding: message, as: UTF8.self) : #"{"id":"p7"}"#
    let answer = stage.ask("POST", "/r", headers: headers, body: body)
    #expect(answer.response.status == 200)
    #expect((answer.response.body == message) == isAnsweredInProtobuf, "\(answer.text)")
  }

  @Test func translationToProtobufAndBack() throws {
    var stage = try one {
      $0.translation = RouteDefinition.Translation(request: "ProductRequest", response: "ProductRequest")
    }
    stage.answer = .success(
      GatewayResponse(200, headers: ["Content-Type": "application/x-protobuf"], body: [0x0A, 2, 0x70, 0x37]))
    let answer = stage.ask("POST", "/r", body: #"{"id":"p7"}"#)
    #expect(stage.calls.first?.request.body == [0x0A, 2, 0x70, 0x37])
    #expect(stage.calls.first?.request.headers["Content-Type"] == "application/x-protobuf")
    #expect(answer.text == #"{"id":"p7"}"#)
    #expect(stage.ask("POST", "/r", body: "{}").failure?.reason == .untranslatable)
    stage.answer = .success(GatewayResponse(200, headers: ["Content-Type": "application/x-protobuf"], body: [1]))
    #expect(stage.ask("POST", "/r", body: #"{"id":"p7"}"#).response.status == 502)
    #expect(throws: GatewayConfigurationError.self) {
      _ = try GatewayStage(
        GatewayConfiguration(routes: [
          route("r", "/r") { $0.translation = RouteDefinition.Translation(request: "None", response: "None") }
        ]))
    }
  }

  @Test func anExchangeBecomesAMessage() throws {
    var stage = try one { $0.kind = .asynchronous }
    let answer = stage.ask("POST", "/r", body: "{}")
    #expect(answer.response.status == 202)
    let id = "00000000000000070000000000000001"
    #expect(answer.response.headers["Location"] == "/transactions/\(id)")
    #expect(try JSONNode(answer.response.body)["gtxid"] == .text(id))
    stage.answer = .success(GatewayResponse(503))
    #expect(stage.ask("POST", "/r", body: "{}").response.status == 503, "what was not accepted is not promised")
    var topic = try one {
      $0.target = .topic("commands")
      $0.methods = ["POST"]
      $0.statusPath = "/messages/{gtxid}"
      $0.fields = [FieldRule("sku", .text(atMost: 4)), FieldRule("stars", .integer(1...5), isRequired: false)]
    }
    let taken = topic.ask("POST", "/r", body: #"{"sku":"a-1","stars":null}"#).response
    #expect(taken.status == 202 && taken.headers["Location"]?.hasPrefix("/messages/0000") == true)
    #expect(topic.calls.first?.target == .topic("commands"))
  }

  @Test(arguments: [
    ("", "the body is "), ("[1]", "the body is no JSON object"),
    ("{}", "sku is missing; it is a text of 1 to 4 characters"),
    (#"{"sku":"12345"}"#, "sku is a text of 1 to 4 characters"), (#"{"sku":7}"#, "sku is a text of 1 to 4 characters"),
    (
      #"{"sku":"","stars":4.5}"#, "sku is a text of 1 to 4 characters; stars is a whole number from 1 to 5"
    ),
  ])
  func aBodyWithoutItsFieldsIsTurnedAway(body: String, sentence: String) throws {
    var stage = try one {
      $0.fields = [FieldRule("sku", .text(atMost: 4)), FieldRule("stars", .integer(1...5), isRequired: false)]
    }
    let answer = stage.ask("POST", "/r", body: body)
    #expect(answer.response.status == 400 && answer.failure?.reason == .malformedBody && stage.calls.isEmpty)
    #expect(answer.failure?.sentence.hasPrefix(sentence) == true, "\(answer)")
  }

  @Test func aTopicTakesBodiesAndGivesNoAnswers() {
    let configuration = GatewayConfiguration(routes: [
      route("r", "/r", methods: ["GET", "POST"]) {
        $0.target = .topic("t")
        $0.cache = ResponseCacheRule(timeToLive: second)
      },
      route("s", "/s", methods: ["POST"]) {
        $0.target = .topic("t")
        $0.kind = .streaming
      },
    ])
    #expect(
      configuration.problems == [
        "route r: GET has no body for topic t; POST or PUT has one", "route r: topic t gives no answer to be cached",
        "route s: topic t gives no stream",
      ])
  }

  @Test func streamsStayAsTheyAre() throws {
    var stage = try one {
      $0.kind = .streaming
      $0.responseTransforms = [.setHeader("X-Served", "yes")]
    }
    let answer = stage.ask("GET", "/r")
    #expect(stage.calls.first?.kind == .streaming)
    #expect(answer.response.headers["X-Served"] == nil)
    let cached = GatewayConfiguration(routes: [
      route("r", "/r") {
        $0.kind = .streaming
        $0.cache = ResponseCacheRule(timeToLive: second)
      }
    ])
    #expect(cached.problems.count == 1)
  }

  @Test func accessLogAndTransactionHeader() throws {
    var stage = try one { _ in }
    let passed = stage.ask("GET", "/r")
    #expect(passed.response.headers["X-GTXID"] == "00000000000000070000000000000001")
    _ = stage.ask("GET", "/nowhere")
    let log = stage.gateway.accessLog
    #expect(log.map(\.status) == [200, 404])
    #expect(log.map(\.reason) == ["", "no-route"])
    #expect(log.map(\.client) == ["u1", "anonymous"])
    #expect(log[0] == passed.log)
    #expect(log[0].responseBytes == 11)
  }

  @Test func specification() throws {
    var stage = try GatewayStage(
      GatewayConfiguration(
        version: 4,
        routes: [
          route("order.v2", "/orders/{id}") { $0.headers = [HeaderCondition("Accept-Version", "2")] },
          route("order.get", "/orders/{id}") { $0.roles = ["customer"] },
          route("order.create", "/orders", methods: ["POST"]) { $0.kind = .asynchronous },
          route("info", "/info") {
            $0.translation = RouteDefinition.Translation(
              request: "ProductRequest", response: "ProductRequest", isOpen: true)
          },
        ]))
    let document = try JSONNode(stage.ask("GET", "/openapi.json", headers: [:]).response.body)
    #expect(document["openapi"] == "3.1.0")
    #expect(document.value(at: "info.version") == "4")
    let get = document["paths"]?["/orders/{id}"]?["get"]
    #expect(get?["operationId"] == "order.v2")
    #expect(get?.value(at: "parameters.0.name") == "id")
    #expect(get?.value(at: "parameters.1.schema.const") == "2")
    #expect(get?["x-variants"]?.value(at: "0.responses.403.description") == "needs customer")
    #expect(get?["x-variants"]?.value(at: "0.operationId") == "order.get")
    #expect(document["paths"]?["/orders"]?["post"]?["responses"]?["202"] != nil)
    #expect(document["paths"]?["/orders"]?["post"]?["responses"]?["200"] == nil)
    #expect(document["paths"]?["/orders"]?["post"]?["responses"]?["415"] != nil)
    let open = document["paths"]?["/info"]?["get"]?["responses"]
    #expect(open?["200"] != nil && open?["415"] == nil)
  }
}
