/// A request of Eureka's REST interface.
public struct RegistryRequest: Sendable, Hashable {
  /// `GET`, `POST`, `PUT` or `DELETE`.
  public var method: String
  /// `/eureka/apps/payment/payment-2:41873/status?value=OUT_OF_SERVICE`
  public var target: String
  public var body: [UInt8]

  public init(_ method: String, _ target: String, body: [UInt8] = []) {
    self.method = method
    self.target = target
    self.body = body
  }
}

public struct RegistryAnswer: Sendable, Hashable {
  public var status: Int
  /// JSON, or the sentence that says what was wrong, or empty.
  public var body: [UInt8]

  init(_ status: Int, _ text: String = "") {
    self.status = status
    body = Array(text.utf8)
  }

  init(_ status: Int, json: JSONNode) {
    self.status = status
    body = json.bytes
  }
}

extension ServiceRegistry {
  /// Answers as a Eureka server does: `GET` 200 or 404, `POST` 204 or 400, `PUT` (renew, status) 200 or 404, `DELETE`
  /// 200 or 404; a status that is none is 500, as there; another method 405.
  public mutating func answer(_ request: RegistryRequest, now: Int64) -> RegistryAnswer {
    let (path, query) = Self.split(request.target)
    guard path.count >= 2, path[0] == "eureka", path[1] == "apps" else {
      return RegistryAnswer(404, "there is nothing at \(request.target), it begins with /eureka/apps")
    }
    let rest = Array(path.dropFirst(2))
    switch (request.method, rest.count) {
    case ("GET", 0): return RegistryAnswer(200, json: RegistryJSON.applications(listing))
    case ("GET", 1) where rest[0] == "delta": return RegistryAnswer(200, json: RegistryJSON.delta(delta(now: now)))
    case ("GET", 1): return application(rest[0])
    case ("POST", 1): return post(app: rest[0], body: request.body, now: now)
    case ("GET", 2): return instance(app: rest[0], id: rest[1])
    case ("PUT", 2): return heartbeat(app: rest[0], id: rest[1], query: query, now: now)
    case ("DELETE", 2): return answer(found: cancel(app: rest[0], id: rest[1], now: now), rest)
    case ("PUT", 3) where rest[2] == "status", ("DELETE", 3) where rest[2] == "status":
      return status(request.method, app: rest[0], id: rest[1], query: query, now: now)
    default:
      return (0...2).contains(rest.count)
        ? RegistryAnswer(405, "\(request.method) is not for \(request.target)")
        : RegistryAnswer(404, "there is nothing at \(request.target)")
    }
  }

  private func application(_ app: String) -> RegistryAnswer {
    let instances = listing.instances.filter { $0.app == app }
    guard !instances.isEmpty else { return RegistryAnswer(404, "no instance of \(app) is registered") }
    return RegistryAnswer(200, json: ["application": RegistryJSON.application(app, instances)])
  }

  private func instance(app: String, id: String) -> RegistryAnswer {
    guard let lease = lease(app: app, id: id) else { return answer(found: false, [app, id]) }
    return RegistryAnswer(200, json: ["instance": RegistryJSON.instance(lease.instance)])
  }

  private mutating func post(app: String, body: [UInt8], now: Int64) -> RegistryAnswer {
    do {
      let instance = try RegistryJSON.instance(from: body)
      guard instance.app == app else {
        return RegistryAnswer(400, "Mismatched appName: the body says \(instance.app), the path \(app)")
      }
      register(instance, now: now)
      return RegistryAnswer(204)
    } catch {
      return RegistryAnswer(400, error.sentence)
    }
  }

  private mutating func heartbeat(
    app: String, id: String, query: [(name: String, value: String)], now: Int64
  ) -> RegistryAnswer {
    let milliseconds = query.first { $0.name == "lastDirtyTimestamp" }.flatMap { Int64($0.value) }
    let lastDirty = milliseconds.map { $0.saturatingMultiply(.nanosecondsPerMillisecond) }
    return answer(found: renew(app: app, id: id, lastDirty: lastDirty, now: now), [app, id])
  }

  private mutating func status(
    _ method: String, app: String, id: String, query: [(name: String, value: String)], now: Int64
  ) -> RegistryAnswer {
    guard lease(app: app, id: id) != nil else { return answer(found: false, [app, id]) }
    let value = query.first { $0.name == "value" }?.value
    if method == "DELETE", value == nil {
      return answer(found: removeOverride(app: app, id: id, now: now), [app, id])
    }
    guard let value, let status = RegistryStatus(rawValue: value) else {
      let known = RegistryStatus.allCases.map(\.rawValue).joined(separator: ", ")
      return RegistryAnswer(500, "value=\(value ?? "") is no status, it must be one of \(known)")
    }
    let found =
      method == "PUT"
      ? override(status, app: app, id: id, now: now) : removeOverride(app: app, id: id, fallback: status, now: now)
    return answer(found: found, [app, id])
  }

  private func answer(found: Bool, _ name: [String]) -> RegistryAnswer {
    found ? RegistryAnswer(200) : RegistryAnswer(404, "\(name.prefix(2).joined(separator: "/")) is not registered")
  }

  private static func split(_ target: String) -> (path: [String], query: [(name: String, value: String)]) {
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let query = (parts.count > 1 ? parts[1] : "").split(separator: "&").map { pair in
      let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: String(sides[0]), value: sides.count > 1 ? String(sides[1]) : "")
    }
    return (parts[0].split(separator: "/").map(String.init), query)
  }
}
