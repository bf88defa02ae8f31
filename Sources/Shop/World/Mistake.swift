internal import EventBus
internal import GRDB
internal import Operations
internal import Simulation
internal import Transactions

extension World {
  /// Whether a service is built wrong just now: as the whole shop was from the start, or by a fault.
  func makes(_ mistake: Mistake, at service: String) -> Bool {
    settings.mistakes.contains(mistake) || faults.makes(mistake, at: service)
  }

  /// How a service joins streams just now.
  func joinKind(at service: String) -> JoinSettings.Kind { makes(.innerJoin, at: service) ? .inner : .outer }
}

extension FaultSwitchboard {
  func makes(_ mistake: Mistake, at service: String) -> Bool {
    entries.contains {
      $0.fault.isOn && $0.fault.spec.kind == .mistake(mistake) && $0.fault.spec.target == .service(service)
    }
  }

  /// Some mistakes are looked for where they are made; these two have something to be rebuilt.
  func build(_ spec: FaultSpec) {
    guard case .service(let name) = spec.target, case .mistake(let mistake) = spec.kind else { return }
    switch mistake {
    case .noBreaker:
      for process in world.service(name).instances.compactMap(\.process) {
        for client in process.clients { client.fitGuards() }
      }
    case .innerJoin: world.joins.fit()
    case .dualWrite, .noIdempotency, .viewWithoutVersions, .noHandBack: break
    }
  }
}

extension ServicePlan {
  /// How the service can be built wrong.
  var mistakes: [Mistake] {
    Mistake.allCases.filter { mistake in
      switch mistake {
      case .dualWrite: store?.publishes == true && store?.keeps == .outbox
      case .noIdempotency: doesOnce
      case .noBreaker: !calls.isEmpty
      case .innerJoin: !joins.isEmpty
      case .viewWithoutVersions: ShopPlan.views.contains { $0.keeper == name }
      case .noHandBack: name == ShopPlan.legacy || StranglerCapability.allCases.contains { $0.service == name }
      }
    }
  }

  /// Whether it can tell a repetition: by its inbox, or, where it keeps no database, by a key that others honour.
  private var doesOnce: Bool {
    store.map { $0.tables.schema.contains(Inbox.schema) } ?? (publishesDirectly && !reads.isEmpty)
  }
}

extension ServiceProcess {
  func makes(_ mistake: Mistake) -> Bool { world.makes(mistake, at: instance.service.name) }

  /// Writes an event within the transaction of its state. Every service does it here.
  func write(_ event: Outbox.Entry, _ database: Database) throws {
    var event = event
    // Without an id that is the same each time nobody can tell a repetition.
    if makes(.noIdempotency) { event.message += "/\(event.span)" }
    try Outbox.write(event, database)
  }

  /// Notes a record within the transaction of its effect; false when it has had it before.
  func accept(_ delivery: Delivery, _ database: Database) throws -> Bool {
    try makes(.noIdempotency)
      || Inbox.accept(delivery.message, by: instance.service.name, at: world.time.now, database)
  }
}
