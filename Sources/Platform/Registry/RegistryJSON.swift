/// What was wrong with a registration.
struct RegistrationError: Error {
  let sentence: String
}

/// Eureka's JSON: instances, applications and deltas. Times are milliseconds there, numbers often texts.
enum RegistryJSON {
  static func applications(_ listing: RegistryListing) -> JSONNode {
    document(
      grouped(listing.instances), version: listing.version,
      hashCode: RegistryListing.hashCode(of: listing.instances))
  }

  static func delta(_ delta: RegistryDelta) -> JSONNode {
    let instances = delta.changes.map { change in
      (change.instance.app, instance(change.instance, action: change.kind))
    }
    var names: [String] = []
    for (app, _) in instances where !names.contains(app) { names.append(app) }
    let applications = names.sorted().map { name -> JSONNode in
      ["name": .text(name), "instance": .array(instances.filter { $0.0 == name }.map(\.1))]
    }
    return document(applications, version: delta.version, hashCode: delta.hashCode)
  }

  static func application(_ app: String, _ instances: [RegistryInstance]) -> JSONNode {
    ["name": .text(app), "instance": .array(instances.map { instance($0) })]
  }

  static func instance(_ instance: RegistryInstance, action: RegistryChange.Kind = .added) -> JSONNode {
    var node: JSONNode = [
      "instanceId": .text(instance.id), "app": .text(instance.app), "hostName": .text(instance.host),
      "ipAddr": .text(instance.host), "status": .text(instance.status.rawValue),
      "overriddenStatus": .text(instance.overriddenStatus.rawValue),
      "port": ["$": .integer(Int64(instance.port)), "@enabled": "true"],
      "dataCenterInfo": ["@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name": "MyOwn"],
      "vipAddress": .text(instance.app), "actionType": .text(action.rawValue),
      "lastDirtyTimestamp": .text(String(instance.lastDirty / .nanosecondsPerMillisecond)),
      "metadata": ["zone": .text(instance.zone), "version": .text(instance.version)],
    ]
    if let duration = instance.leaseDuration {
      node["leaseInfo"] = ["durationInSecs": .integer(duration / .nanosecondsPerSecond)]
    }
    return node
  }

  /// Reads what an instance sends. `instanceId`, `app`, `hostName`, `port` must be there, and the status be one.
  static func instance(from body: [UInt8]) throws(RegistrationError) -> RegistryInstance {
    let document: JSONNode
    do { document = try JSONNode(body) } catch { throw RegistrationError(sentence: "the body is \(error)") }
    let node = document["instance"] ?? document
    guard let app = node["app"]?.text, !app.isEmpty else { throw RegistrationError(sentence: "Missing appName") }
    guard let host = node["hostName"]?.text, !host.isEmpty else {
      throw RegistrationError(sentence: "Missing hostname")
    }
    // Without an id of its own an instance goes by its host, as Eureka's clients do.
    let id = node["instanceId"]?.text ?? host
    guard let port = number(node["port"]?["$"] ?? node["port"]), (1...65_535).contains(port) else {
      throw RegistrationError(sentence: "Missing port: 1 to 65535, as {\"$\": 8080}")
    }
    let text = node["status"]?.text ?? RegistryStatus.up.rawValue
    guard let status = RegistryStatus(rawValue: text) else {
      throw RegistrationError(sentence: "status \(text) is unknown")
    }
    var instance = RegistryInstance(
      app: app, id: id, host: host, port: Int(port), zone: node["metadata"]?["zone"]?.text ?? "",
      version: node["metadata"]?["version"]?.text ?? "", status: status)
    let dirty = number(node["lastDirtyTimestamp"]) ?? 0
    instance.lastDirty = dirty.saturatingMultiply(.nanosecondsPerMillisecond)
    let overridden = node["overriddenStatus"]?.text ?? node["overriddenstatus"]?.text
    instance.overriddenStatus = overridden.flatMap(RegistryStatus.init(rawValue:)) ?? .unknown
    if let seconds = number(node["leaseInfo"]?["durationInSecs"]), seconds > 0 {
      instance.leaseDuration = seconds.saturatingMultiply(.nanosecondsPerSecond)
    }
    return instance
  }

  private static func number(_ node: JSONNode?) -> Int64? {
    node?.integer ?? node?.text.flatMap { Int64($0) }
  }

  private static func grouped(_ instances: [RegistryInstance]) -> [JSONNode] {
    var groups: [(app: String, instances: [RegistryInstance])] = []
    for instance in instances {
      if groups.last?.app == instance.app {
        groups[groups.count - 1].instances.append(instance)
      } else {
        groups.append((instance.app, [instance]))
      }
    }
    return groups.map { application($0.app, $0.instances) }
  }

  private static func document(_ applications: [JSONNode], version: UInt64, hashCode: String) -> JSONNode {
    [
      "applications": [
        "versions__delta": .text(String(version)), "apps__hashcode": .text(hashCode),
        "application": .array(applications),
      ]
    ]
  }
}
