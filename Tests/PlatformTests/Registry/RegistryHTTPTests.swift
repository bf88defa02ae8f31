import TestSupport
import Testing

@testable import Platform

@Suite struct RegistryHTTPTests {
  private let registration = Array(
    #"""
    {"instance":{"instanceId":"order-1","app":"order","hostName":"h","port":{"$":"8081","@enabled":"true"},
    "status":"UP","leaseInfo":{"durationInSecs":60},"metadata":{"zone":"a","version":"3"},"lastDirtyTimestamp":"5"}}
    """#.utf8)

  @Test func theFiveOperationsAnswerAsEurekaDoes() throws {
    var registry = ServiceRegistry(now: epoch)
    func ask(_ method: String, _ target: String, _ body: [UInt8] = []) -> RegistryAnswer {
      registry.answer(RegistryRequest(method, target, body: body), now: epoch)
    }
    #expect(ask("PUT", "/eureka/apps/order/order-1").status == 404)
    #expect(ask("POST", "/eureka/apps/order", registration).status == 204)
    #expect(ask("PUT", "/eureka/apps/order/order-1").status == 200)
    #expect(ask("PUT", "/eureka/apps/order/order-1?status=UP&lastDirtyTimestamp=5").status == 200)
    #expect(ask("PUT", "/eureka/apps/order/order-1?status=UP&lastDirtyTimestamp=6").status == 404)
    #expect(registry.lease(app: "order", id: "order-1")?.duration == 60 * second)
    #expect(ask("PUT", "/eureka/apps/order/order-1/status?value=OUT_OF_SERVICE").status == 200)
    #expect(ask("PUT", "/eureka/apps/order/order-2/status?value=UP").status == 404)
    #expect(ask("PUT", "/eureka/apps/order/order-1/status?value=GONE").status == 500)
    let all = try JSONNode(ask("GET", "/eureka/apps").body)
    #expect(all.value(at: "applications.apps__hashcode") == "OUT_OF_SERVICE_1_")
    #expect(all.value(at: "applications.application.0.instance.0.status") == "OUT_OF_SERVICE")
    #expect(all.value(at: "applications.application.0.instance.0.metadata.zone") == "a")
    #expect(ask("DELETE", "/eureka/apps/order/order-1/status?value=UP").status == 200)
    #expect(try JSONNode(ask("GET", "/eureka/apps/order/order-1").body).value(at: "instance.status") == "UP")
    #expect(try JSONNode(ask("GET", "/eureka/apps/order").body).value(at: "application.name") == "order")
    #expect(ask("DELETE", "/eureka/apps/order/order-1").status == 200)
    #expect(ask("DELETE", "/eureka/apps/order/order-1").status == 404)
    #expect(ask("GET", "/eureka/apps/order").status == 404)
    #expect(ask("GET", "/eureka/apps/order/order-1").status == 404)
    let delta = try JSONNode(ask("GET", "/eureka/apps/delta").body)
    let last = delta.value(at: "applications.application.0.instance")?.elements.last
    #expect(last?["actionType"] == "DELETED")
    #expect(ask("POST", "/eureka/apps").status == 405)
    #expect(ask("GET", "/eureka/vips/x").status == 404)
  }

  @Test(arguments: [
    ("{}", "Missing appName"), ("{\"app\":\"order\"}", "Missing hostname"), ("[", "no JSON"),
    ("{\"app\":\"item\",\"hostName\":\"h\",\"port\":1}", "Mismatched appName"),
    ("{\"app\":\"order\",\"hostName\":\"h\",\"port\":0}", "Missing port"),
    ("{\"app\":\"order\",\"hostName\":\"h\",\"port\":1,\"status\":\"X\"}", "unknown"),
  ])
  func aRegistrationThatSaysTooLittleIsRefused(body: String, sentence: String) {
    var registry = ServiceRegistry(now: epoch)
    let answer = registry.answer(RegistryRequest("POST", "/eureka/apps/order", body: Array(body.utf8)), now: epoch)
    #expect(answer.status == 400)
    #expect(String(decoding: answer.body, as: UTF8.self).contains(sentence))
    #expect(registry.count == 0)
  }
}
