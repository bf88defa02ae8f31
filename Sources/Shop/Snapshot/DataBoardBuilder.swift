internal import EventBus
internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel
internal import Transactions

/// What services keep, as it is shown. Rows are counted in one database a time, as counting means looking at all of them.
final class DataBoardBuilder {
  /// By service and table.
  private var rows: [String: [String: Int]] = [:]
  private var documents: [String: Int64] = [:]
  /// Whose rows were counted last.
  private var counted = ""
  private var turn = 0
  /// As it was when so much was read.
  private var compared: (progress: Int64, snapshot: ReconciliationSnapshot)?

  /// - Parameter kept: what is in the key-value store, by space.
  func board(
    _ topics: [Operations.TopicSnapshot], _ kept: [String: KeyValueSpace], in world: World
  ) -> DataBoard {
    var board = DataBoard()
    let keepers = world.services.filter { $0.plan.store != nil }
    if !keepers.isEmpty {
      counted = keepers[turn % keepers.count].name
      count(counted, in: world)
      turn += 1
    }
    board.stores = keepers.compactMap { store(of: $0, topics, in: world) }
    board.keyValues = keyValues(kept)
    board.captures = ShopPlan.miners.compactMap { plan in
      world.minerLag(of: plan.source).map { behind in
        CaptureSnapshot(
          source: plan.source, miner: plan.miner, topic: plan.topic, behind: behind.changes, oldest: behind.oldest)
      }
    }
    board.joins = world.services.flatMap(\.plan.joins).map { plan in
      JoinSnapshot(
        group: plan.group, left: plan.left, right: plan.right, output: plan.output, window: plan.window,
        isInner: world.joinKind(at: ShopPlan.order) == .inner, held: world.joins.count, oldest: world.joins.oldest,
        rollbacks: world.rollbacks.backlog)
    }
    board.views = views(in: world)
    board.reconciliation = reconciliation(in: world)
    board.shortages = shortages(in: world)
    return board
  }

  /// Those who write to the key-value store, each with what its keys begin with.
  private func keyValues(_ kept: [String: KeyValueSpace]) -> [KeyValueSnapshot] {
    let sharers = [
      ("carts", Cart.key(of: ""), ShopPlan.cart), ("revoked tokens", RevocationList.key(of: ""), ShopPlan.member),
    ]
    return sharers.map { name, prefix, service in
      var snapshot = KeyValueSnapshot(name: name, prefix: prefix, service: service)
      let space = kept[String(KeyValueStore.space(of: prefix))] ?? KeyValueSpace()
      (snapshot.entries, snapshot.bytes, snapshot.nextEnd) = (space.keys, space.bytes, space.nextEnd)
      (snapshot.hits, snapshot.misses) = (UInt64(space.counters.hits), UInt64(space.counters.misses))
      (snapshot.expired, snapshot.refused) = (UInt64(space.counters.expired), UInt64(space.counters.refused))
      return snapshot
    }
  }

  private func count(_ service: String, in world: World) {
    rows[service] = world.disk(of: service).map { disk in
      StoreReader(disk: disk).tables.reduce(into: [:]) { $0[$1.name] = $1.rows }
    }
  }

  /// How many documents a view serves; counted anew when it is the turn of the database they are in.
  func documents(of plan: ViewPlan, _ build: DocumentView.Build, in store: DocumentStore) -> Int64 {
    if let known = documents[plan.name], counted != plan.keeper { return known }
    let count = (try? plan.view.count(of: build, store)) ?? 0
    documents[plan.name] = count
    return count
  }

  /// What is read is kept beside what is written, and in the same transaction.
  private func views(in world: World) -> [ViewSnapshot] {
    var tables = [(name: ReviewTables.scores, service: ShopPlan.review, form: ViewSnapshot.Form.singleDatabase)]
    if world.settings.orderStore == .events { tables.append((OrderTables.name, ShopPlan.order, .ofEvents)) }
    return tables.map { table in
      var view = ViewSnapshot(name: table.name, service: table.service, form: table.form)
      // So that it is known from the start, and not only when its turn comes.
      if rows[table.service] == nil { count(table.service, in: world) }
      view.documents = Int64(rows[table.service]?[table.name] ?? 0)
      (view.behind, view.age) = (0, 0)
      return view
    }
  }

  /// What the job has found stays the same until it reads on.
  private func reconciliation(in world: World) -> ReconciliationSnapshot? {
    let progress = (try? PaymentReconciliation(world: world).progress()) ?? 0
    if let compared, compared.progress == progress { return compared.snapshot }
    guard let snapshot = MismatchReader(world: world).snapshot() else { return compared?.snapshot }
    compared = (progress, snapshot)
    return snapshot
  }

  private func shortages(in world: World) -> [ShortageSnapshot] {
    let low = try? world.disk(of: ShopPlan.inventory)?.database.read { try InventoryTables.low($0) }
    return (low ?? []).map {
      ShortageSnapshot(service: ShopPlan.inventory, sku: $0.sku, pieces: $0.pieces, since: $0.since)
    }
  }

  private func store(
    of service: DeployedService, _ topics: [Operations.TopicSnapshot], in world: World
  ) -> StoreSnapshot? {
    guard let disk = world.disk(of: service.name) else { return nil }
    var store = StoreSnapshot(service: service.name, kind: kind(of: disk), bytes: disk.database.bytes)
    store.rows = rows[service.name]?.values.reduce(0, +)
    if disk.publishes {
      store.channel = channel(of: disk)
      store.relay = service.instances.first { $0.process?.isRelaying ?? false }?.name
      store.relayRate = world.publications.publications(of: service.name, now: world.time.now)
        .reduce(0) { $0 + $1.rate }
    }
    let read = service.plan.reads.map(\.topic)
    if service.plan.store?.tables.schema.contains(Inbox.schema) == true {
      let now = world.time.now
      store.inboxWindow = now - Housekeeping.safeTime(in: world)
      store.unacknowledgedAge = read.compactMap { world.oldestUnreadRecord(topic: $0, group: service.name) }.min()
        .map { max(0, now - $0) }
    }
    store.deadLetters = topics.filter { read.contains($0.name) }.reduce(0) { $0 + $1.deadLetters }
    return store
  }

  private func kind(of disk: ServiceDisk) -> String {
    if disk.documents != nil { return "documents" }
    switch disk.keeps {
    case .outbox: return "SQLite"
    case .logMining: return "SQLite log"
    case .events: return "event store"
    }
  }

  private func channel(of disk: ServiceDisk) -> StoreSnapshot.Channel {
    switch disk.keeps {
    case .outbox: .outbox
    case .logMining: .log
    case .events: .events
    }
  }
}
