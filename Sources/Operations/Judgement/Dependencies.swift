/// Who waits for whom: a service for those that it calls, and for those that publish what it reads.
struct Dependencies {
  private var direct: [String: Set<String>] = [:]

  init(_ services: [ServiceSnapshot]) {
    var publishers: [String: Set<String>] = [:]
    for service in services {
      for publication in service.publishes { publishers[publication.topic, default: []].insert(service.name) }
    }
    for service in services {
      let called = service.calls.filter { !$0.isMessage }.map(\.callee)
      direct[service.name] = service.consumes.reduce(into: Set(called)) { names, consumption in
        names.formUnion(publishers[consumption.topic] ?? [])
      }
    }
    for service in services {
      for reader in service.calls where reader.isMessage { direct[reader.callee, default: []].insert(service.name) }
    }
  }

  /// All that a service waits for, directly or by others; the service itself only where it waits for itself in a circle.
  func behind(_ service: String) -> Set<String> {
    var found: Set<String> = []
    var open = Array(direct[service] ?? [])
    while let next = open.popLast() {
      if found.insert(next).inserted { open += direct[next] ?? [] }
    }
    return found
  }
}
