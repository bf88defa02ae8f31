import Operations
import TraceModel

extension SystemSnapshot {
  /// The service that an instance belongs to; nil when there is no such instance.
  func owner(ofInstance name: String) -> String? {
    services.first { service in service.instances.contains { $0.name == name } }?.name
  }

  /// The lines of those that write to a topic or read it.
  fileprivate func logFilter(ofTopic name: String) -> LogFilter? {
    var parties = services.filter { service in
      service.publishes.contains { $0.topic == name } || service.consumes.contains { $0.topic == name }
    }.map(\.name)
    if parties.isEmpty, let reader = topic(name)?.worstGroup, !reader.isEmpty { parties = [reader] }
    if parties.count == 1 { return LogFilter(service: parties[0]) }
    return parties.isEmpty ? nil : LogFilter(text: "svc=" + parties.map(LogQuery.quoted).joined(separator: ","))
  }
}

extension Subject {
  /// The service it belongs to, as far as it is known.
  func service(_ snapshot: SystemSnapshot) -> String? {
    switch self {
    case .service(let name), .instance(let name, _): name
    case .breaker(let id): snapshot.breaker(id)?.callee
    case .topic(let name): snapshot.topic(name).flatMap { $0.worstGroup.isEmpty ? nil : $0.worstGroup }
    case .group(_, let name): name
    case .lease(let service, _), .deployment(let service), .store(let service), .pools(let service): service
    case .keyValues(let name): snapshot.data.keyValues.first { $0.name == name }?.service
    case .capture(let source): snapshot.data.captures.first { $0.source == source }?.miner
    case .join(let group): DataFlow.owner(ofJoin: group)
    case .view(let name): (snapshot.views + snapshot.data.views).first { $0.name == name }?.service
    case .slider(let name): snapshot.strangler?.capability(name)?.service
    case .sharedPool(_, let name): snapshot.owner(ofInstance: name)
    case .client(let gateway, _), .refusal(let gateway, _): gateway
    case .route(let gateway, let id):
      snapshot.edge.gateway(gateway)?.routes.first { $0.id == id }.flatMap { $0.service.isEmpty ? nil : $0.service }
        ?? gateway
    case .configuration(let service): service
    case .reconciliation: snapshot.jobs.first { $0.name == DataFlow.reconciliationKey }?.service
    case .transaction, .span, .saga, .revokedToken, .setting: nil
    case .fault(let id): snapshot.faults.armed.first { $0.id == id }?.spec.target.service
    case .faultKind(_, let target): target.service
    }
  }

  /// The transaction that it is, or is part of.
  var transaction: GTXID? {
    switch self {
    case .transaction(let id), .span(let id, _): id
    default: nil
    }
  }

  /// The lines of the log that are about it.
  func logFilter(_ snapshot: SystemSnapshot) -> LogFilter? {
    switch self {
    case .transaction(let id), .span(let id, _), .saga(let id): LogFilter(gtxid: id)
    case .breaker(let id):
      snapshot.breaker(id).map { breaker in
        let isOne = breaker.instance.isEmpty || breaker.instance == breaker.caller
        return LogFilter(service: breaker.caller, text: isOne ? "" : "inst=\(LogQuery.quoted(breaker.instance))")
      }
    case .instance(let service, let name): LogFilter(service: service, text: "inst=\(LogQuery.quoted(name))")
    case .sharedPool(_, let name): LogFilter(text: "inst=\(LogQuery.quoted(name))")
    case .topic(let name): snapshot.logFilter(ofTopic: name)
    default: service(snapshot).map { LogFilter(service: $0) }
    }
  }

  /// What `y` puts on the clipboard.
  func copyText(_ snapshot: SystemSnapshot) -> String? {
    switch self {
    case .service(let name), .instance(_, let name), .topic(let name), .group(_, let name), .breaker(let name),
      .lease(_, let name), .client(_, let name), .revokedToken(let name), .setting(let name), .deployment(let name),
      .store(let name), .keyValues(let name), .capture(let name), .join(let name), .view(let name), .slider(let name),
      .pools(let name),
      .sharedPool(_, let name), .route(_, let name), .refusal(_, let name), .configuration(let name):
      name
    case .reconciliation: DataFlow.reconciliationKey
    case .transaction(let id), .span(let id, _), .saga(let id): id.description
    case .fault(let id): snapshot.faults.armed.first { $0.id == id }?.spec.description
    case .faultKind(_, let target): target.description
    }
  }
}
