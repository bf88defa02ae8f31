import Drawing
import Operations
import TraceModel
import Widgets

// MARK: - A store

extension Why {
  /// A database, with the connections to it and what waits to be published.
  init?(store name: String, _ context: PageContext) {
    let snapshot = context.snapshot
    guard let store = snapshot.data.store(of: name) else { return nil }
    let service = snapshot.service(name)
    let problem = StoreRow(store, in: context.snapshot).problem
    let mark: Mark = problem.map { $0 == .failing ? .failing : .degraded } ?? .healthy
    let (late, bad) = (Figures.duration(StoreRow.lateAfter).text, Figures.duration(StoreRow.badAfter).text)
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(name), .strong, bold: true)]
        + [Run("  keeps \(visible(store.kind))", .muted)],
      rule: "Degraded: an event waits for longer than \(late) to be published, a call waits for a connection, a server"
        + " refuses one, or there are dead letters. Failing: an event waits for longer than \(bad), the service is"
        + " down, or a record may come again of which nobody will know any more that it was acted on.",
      place: .store(name))
    addChannel(store, service)
    if let service, let pool = service.connections { addPool(pool, of: service) }
    if let service { addServers(of: service, context) }
    if let cache = service?.cache { add(cache) }
    addInbox(store)
    if store.deadLetters > 0 { add("dead letters", Count.of(store.deadLetters, "record"), .degraded) }
    let rows = store.rows.map { ", \(Count.of($0, "row"))" } ?? ""
    add("holds", Figures.size(bytes: store.bytes).text + rows)
    addFaults(on: [name], context)
  }

  /// A repetition is told as long as the window is longer than any record can take to come again.
  private mutating func addInbox(_ store: StoreSnapshot) {
    guard let window = store.inboxWindow else { return }
    add("tells repetitions", "for \(Figures.duration(window).text)")
    guard let age = store.unacknowledgedAge else { return add("unacknowledged", "nothing") }
    let ink: Ink = age >= window ? .failing : .text
    add("unacknowledged", "the oldest record for \(Figures.duration(age).text)", ink)
  }

  private mutating func addChannel(_ store: StoreSnapshot, _ service: ServiceSnapshot?) {
    guard let rate = store.relayRate else {
      add("publishes", "nothing", .muted)
      return
    }
    let channel = store.channel ?? .outbox
    let (depth, age) = (service?.outboxDepth ?? 0, service?.outboxAge ?? 0)
    let isLate = depth > 0 && age >= StoreRow.lateAfter
    add(
      channel.words,
      depth == 0
        ? "0" : "\(Figures.count(depth).text), the oldest for \(Figures.duration(age).text)",
      isLate ? age >= StoreRow.badAfter ? .failing : .degraded : .text)
    add("relay", store.relay.map(visible) ?? "no instance has it", store.relay == nil ? .degraded : .text)
    add("published", Figures.rate(rate).text, rate == 0 && depth > 0 ? .degraded : .text)
  }

  fileprivate mutating func addPool(_ pool: PoolUse, of service: ServiceSnapshot) {
    let ink: Ink = pool.waiting > 0 ? .degraded : .text
    add("connections", "\(Figures.fraction(pool.used, of: pool.size).text) in use", ink)
    if let shares = service.poolShares { add("instances", "\(shares), as \(service.name).pool says") }
    add("wait for one", pool.waiting == 0 ? "nobody" : Count.of(pool.waiting, "call"), ink)
  }

  mutating func addFaults(on services: [String], _ context: PageContext) {
    for service in services {
      for fault in context.snapshot.faults.armed(on: service) where fault.isOn {
        add("we broke it", fault.spec.description, .fault)
      }
    }
  }
}

// MARK: - What is on its way

extension Why {
  init?(captureOf source: String, _ context: PageContext) {
    guard let capture = context.snapshot.data.captures.first(where: { $0.source == source }) else { return nil }
    let age = capture.oldest.map { max(0, context.since($0)) } ?? 0
    let isLate = age > DataFlow.late
    let mark: Mark = isLate ? .degraded : .healthy
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true), Run("log of \(visible(source))", .strong, bold: true)],
      rule: "What is committed stands in the database's own log. It is mined from there, in the order of the commits,"
        + " and no service has to remember to tell. Late: the oldest change waits for longer than"
        + " \(Figures.duration(DataFlow.late).text).", place: .topics(selected: capture.topic))
    add("mined by", visible(capture.miner))
    add("to", visible(capture.topic))
    add("behind", Count.of(Int(clamping: capture.behind), "change"), isLate ? .degraded : .text)
    if age > 0 { add("the oldest", "\(Figures.duration(age).text) old", isLate ? .degraded : .text) }
    if let miner = context.snapshot.service(capture.miner), miner.health != .up {
      add("the miner", miner.reason.isEmpty ? miner.health.mark.word : visible(miner.reason), miner.health.mark.ink)
    }
    addFaults(on: source == capture.miner ? [source] : [source, capture.miner], context)
  }

  init?(joinOf group: String, _ context: PageContext) {
    guard let join = context.snapshot.data.joins.first(where: { $0.group == group }) else { return nil }
    let age = join.oldest.map { max(0, context.since($0)) } ?? 0
    let isLate = DataFlow.isLate(join, age)
    let mark: Mark = isLate || join.isInner ? .degraded : .healthy
    let window = Figures.duration(join.window).text
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true)]
        + [Run("\(visible(join.left)) with \(visible(join.right))", .strong, bold: true)],
      rule: join.isInner
        ? "An inner join: what finds no partner within \(window) is never heard of again, and its order hangs."
        : "An outer join: what finds no partner within \(window) of the records' own time goes on alone, and its order"
          + " is turned down.", place: .topics(selected: join.output))
    add("to", visible(join.output))
    add("held", join.held == 0 ? "nothing" : Count.of(join.held, "record"), isLate ? .degraded : .text)
    if age > 0 {
      let of = isLate ? ": no newer record has closed its window" : ""
      add("the oldest", "\(Figures.duration(age).text) old\(of)", isLate ? .degraded : .text)
    }
    add("rollbacks waiting", Figures.count(join.rollbacks).text, join.rollbacks == 0 ? .text : .compensation)
  }

  init?(view name: String, _ context: PageContext) {
    guard let view = (context.snapshot.views + context.snapshot.data.views).first(where: { $0.name == name }) else {
      return nil
    }
    let age = max(0, view.age ?? 0)
    let isLate = age > DataFlow.late
    let mark: Mark = view.behind == nil ? .unknown : isLate ? .degraded : .healthy
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true), Run("view \(visible(name))", .strong, bold: true)]
        + [Run("  kept by \(visible(view.service))", .muted)],
      rule: Self.rule(of: view.form),
      place: .service(view.service))
    if let behind = view.behind {
      add("lacks", behind == 0 ? "nothing" : Count.of(Int(clamping: behind), "change"), isLate ? .degraded : .text)
      if age > 0 { add("the oldest", "\(Figures.duration(age).text) old", isLate ? .degraded : .text) }
    } else {
      add("lacks", "not known", .muted)
    }
    let noun = view.form == .overBus ? "document" : "row"
    if view.documents > 0 { add("holds", Count.of(Int(clamping: view.documents), noun)) }
    if view.reads > 0 {
      add(
        "stale reads",
        "\(Figures.count(Int(clamping: view.staleReads)).text) of "
          + Figures.count(Int(clamping: view.reads)).text, view.staleReads == 0 ? .text : .degraded)
    }
    if view.form == .overBus { add("serves", "build \(view.generation)") }
    if let build = view.rebuilding {
      add("beside it", "build \(build), which takes over when it lacks nothing", .accent)
    }
    addFaults(on: [view.service], context)
  }

  private static func rule(of form: ViewSnapshot.Form) -> String {
    switch form {
    case .overBus:
      "A view follows the changes of others, and so is behind them. Late: it has lacked one for longer than"
        + " \(Figures.duration(DataFlow.late).text). A stale read lacks what its own reader wrote."
    case .singleDatabase:
      "What is read stands beside what is written, in one database, and changes in the same transaction: it is never"
        + " behind, and every write pays for it."
    case .ofEvents:
      "What is read is the sum of events in the same database, and changes in the transaction that appends them."
    }
  }
}

// MARK: - What is compared afterwards

extension Why {
  init?(reconciliationIn context: PageContext) {
    guard let found = context.snapshot.data.reconciliation else { return nil }
    let isBlind = !found.failures.isEmpty
    let mark: Mark = found.count > 0 ? .failing : isBlind ? .degraded : found.judgedThrough == nil ? .unknown : .healthy
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true), Run("what was paid", .strong, bold: true)]
        + [Run(" held against what was charged", .muted)],
      rule: "A batch job reads what services say of the same transactions, each from its own books. What does not agree"
        + " is given a while in which a message under way may still mend it; after that it is a mismatch.",
      place: .data(selected: DataFlow.reconciliationKey))
    add(
      "mismatches", found.count == 0 ? "none" : Count.of(found.count, "transaction"),
      found.count == 0 ? .text : .failing)
    for mismatch in found.mismatches.prefix(3) {
      add(mismatch.gtxid.short, "\(visible(mismatch.rule)): \(visible(mismatch.remedy))", .failing)
    }
    add("compared", Count.of(found.compared, "transaction"))
    if found.waiting > 0 { add("given a while", Count.of(found.waiting, "transaction"), .muted) }
    if let through = found.judgedThrough {
      add("judged", "what happened before \(context.clock(through))")
    } else {
      add("judged", "nothing yet: it has not run", .muted)
    }
    for failure in found.failures { add("could not read", visible(failure), .degraded) }
  }
}

// MARK: - Connections

extension Why {
  /// What is bounded in a service.
  init?(poolsOf name: String, _ context: PageContext) {
    guard let service = context.snapshot.service(name), service.connections != nil || service.workers != nil else {
      return nil
    }
    let share = max(service.connections?.share ?? 0, service.workers?.share ?? 0)
    let ink = Severity.saturation.ink(share)
    self.init(
      title: [Run(visible(name), .strong, bold: true)]
        + [Run("  \(Figures.percent(share, isWhole: true).text) of a pool in use", ink == .faint ? .text : ink)],
      rule: "So many calls are worked on at a time as there are worker threads, and so many statements as there are"
        + " connections. Who comes when none is free waits, and gives up after a time.", place: .service(name))
    if let pool = service.connections { addPool(pool, of: service) }
    if let workers = service.workers {
      let ink: Ink = workers.waiting > 0 ? .degraded : .text
      add("worker threads", "\(Figures.fraction(workers.used, of: workers.size).text) busy", ink)
      add("wait for one", workers.waiting == 0 ? "nobody" : Count.of(workers.waiting, "call"), ink)
    }
    if let cache = service.cache { add(cache) }
    addServers(of: service, context)
    addFaults(on: [name], context)
  }

  private mutating func add(_ cache: CacheUse) {
    add(
      "cache",
      "\(Figures.fraction(cache.entries, of: cache.capacity).text) entries"
        + (cache.hitRate.map { ", \(Figures.percent($0).text) of the reads found there" } ?? ""))
  }

  private mutating func addServers(of service: ServiceSnapshot, _ context: PageContext) {
    for server in context.snapshot.databaseServers {
      let own = server.pools.filter { pool in service.instances.contains { $0.name == pool.name } }
      if !own.isEmpty { add(server, refused: own.map(\.refused).saturatingSum) }
    }
  }

  /// One instance's pool at a server that several share.
  init?(poolOf instance: String, at name: String, _ context: PageContext) {
    guard let server = context.snapshot.databaseServers.first(where: { $0.name == name }),
      let pool = server.pools.first(where: { $0.name == instance })
    else { return nil }
    self.init(
      title: [Run(visible(instance), .strong, bold: true), Run(" at \(visible(name))", .muted)],
      rule: "The server counts the connections of all who share it. At its maximum it refuses the next one, whoever"
        + " asks: all instances times the size of a pool must stay under it.", place: .platform(.connections))
    add("in use", "\(Figures.count(pool.inUse).text), \(Figures.count(pool.idle).text) idle")
    add("pool", "\(Figures.count(pool.size).text) at most")
    add(server, refused: pool.refused)
    let sizes = server.pools.map(\.size).saturatingSum
    add(
      "all pools", "\(Figures.count(sizes).text) if all were full",
      sizes > server.maximum ? .degraded : .text)
  }

  private mutating func add(_ server: SharedDatabaseSnapshot, refused: Int) {
    let isFull = server.open >= server.maximum
    add(
      visible(server.name),
      "\(Figures.fraction(server.open, of: server.maximum).text) open"
        + (isFull ? ": Too many connections" : ""), isFull ? .failing : .text)
    add("refused here", Figures.count(refused).text, refused == 0 ? .text : .failing)
  }
}

// MARK: - The strangler

extension Why {
  init?(slider name: String, _ context: PageContext) {
    guard let strangler = context.snapshot.strangler, let capability = strangler.capability(name) else { return nil }
    func count(_ number: UInt64) -> String { Figures.count(Int(clamping: number)).text }
    self.init(
      title: [Run(visible(name), .strong, bold: true), Run("  \(capability.share) % by ", .text)]
        + [Run(visible(capability.service), .strong)],
      rule: "The slider says which share of the customers the new service serves; the others stay with"
        + " \(visible(strangler.legacy)). What either side does the other learns by events, so that a slider can go"
        + " back.", place: .platform(.strangler))
    add("served", "\(count(capability.servedByNew)) by \(visible(capability.service))")
    add("", "\(count(capability.servedByLegacy)) by \(visible(strangler.legacy))")
    let way = capability.usesMessages ? "by message" : "by a change of its table"
    add(
      "handed back", "\(count(capability.handedBack)) \(way), \(count(capability.takenIn)) taken in",
      capability.isBehind ? .degraded : .text)
    add("told by it", count(capability.toldByLegacy))
    add(
      "compared", "\(count(capability.compared)) answers, \(count(capability.differing)) differed",
      capability.differing == 0 ? .text : .degraded)
    if let difference = capability.difference {
      add("last", "\(context.clock(difference.time))  \(visible(difference.words))", .degraded)
    }
    add("setting", capability.key)
    for lag in strangler.lags where (lag.records ?? 0) > 0 {
      add("lag", "\(visible(lag.group)) has \(Count.of(Int(clamping: lag.records ?? 0), "record")) to read", .degraded)
    }
  }
}
