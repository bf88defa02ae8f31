internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceModel
internal import Transactions

/// The sagas as they are shown. What was made of one is kept until something about it changes, so that a picture of them
/// all costs a few queries.
final class SagaBoardBuilder {
  private var made = OrderedDictionary<GTXID, (version: Int, saga: SagaSnapshot)>()
  private var waits: [GTXID: (version: Int, wait: Wait)] = [:]
  private struct Wait {
    var step: String
    var unpublished = ""
  }

  private static let openShown = 150
  private static let endedShown = 100

  func board(in world: World) -> SagaBoard {
    var board = SagaBoard()
    board.definitions = definitions(in: world)
    board.stashed = stashed(in: world)
    let stalest = world.sagas.open.map { (id: $0.key, entry: $0.value) }
      .sorted { $0.entry.since != $1.entry.since ? $0.entry.since < $1.entry.since : $0.id < $1.id }
    // What somebody has sent by hand is looked for at once, however many are older.
    let sent = Set(world.customers.sent.compactMap(\.gtxid))
    let own = stalest.dropFirst(Self.openShown).filter { sent.contains($0.id) }
    let latest = world.sagas.ended.suffix(Self.endedShown).reversed().map { (id: $0.key, entry: $0.value) }
    let before = made
    made = [:]
    for (id, entry) in stalest.prefix(Self.openShown) + own + latest {
      var saga: SagaSnapshot
      if let known = before[id], known.version == entry.version {
        saga = known.saga
      } else {
        saga = self.saga(id, entry, in: world)
      }
      made[id] = (entry.version, saga)
      saga.isOverdue =
        !entry.state.hasEnded && entry.state != .stuck
        && world.time.now - entry.start > TransactionSummary.overdueAfter
      saga.tellWhatHoldsIt(after: world.time.now - entry.since)
      if board.stashed > 0, !saga.locks.isEmpty { saga.stash = stash(behind: id, in: world) }
      board.sagas.append(saga)
    }
    return board
  }

  // MARK: Those that are overdue

  /// All of them, by what they wait for.
  func overdue(in world: World) -> [OverdueTransactions] {
    let limit = world.time.now - TransactionSummary.overdueAfter
    let before = waits
    waits = [:]
    var groups: [OverdueTransactions] = []
    for (id, entry) in world.sagas.open where entry.start < limit && entry.state != .stuck {
      let known = before[id].flatMap { $0.version == entry.version ? $0.wait : nil }
      let wait = known ?? wait(id, entry, in: world)
      waits[id] = (entry.version, wait)
      guard
        let index = groups.firstIndex(where: {
          $0.state == entry.state && $0.step == wait.step && $0.unpublished == wait.unpublished
        })
      else {
        var group = OverdueTransactions(state: entry.state, step: wait.step, gtxid: id, start: entry.start)
        group.unpublished = wait.unpublished
        groups.append(group)
        continue
      }
      groups[index].count += 1
      if entry.start > groups[index].start { (groups[index].gtxid, groups[index].start) = (id, entry.start) }
    }
    return groups
  }

  private func wait(_ id: GTXID, _ entry: SagaRegister.Entry, in world: World) -> Wait {
    // Its orchestrator has noted which step it is at.
    if let way = SagaReturn(entry) { return Wait(step: way.waitsFor) }
    guard entry.kind != .orchestrated else { return Wait(step: step(id, in: world)) }
    let told = SagaInference(entry, isWatched: world.sagas.isWatched)
    if !told.unpublished.isEmpty { return Wait(step: "", unpublished: told.unpublished) }
    return Wait(step: told.waitsFor.isEmpty ? step(id, in: world) : told.waitsFor)
  }

  private func definitions(in world: World) -> [SagaDefinitionSnapshot] {
    var definitions = SagaKind.allCases.map { kind in
      var definition = SagaDefinitionSnapshot(
        name: kind.rawValue, title: kind.title, isCoordinated: kind == .orchestrated)
      definition.committed = world.sagas.count(kind, .committed)
      definition.rejected = world.sagas.count(kind, .rejected)
      definition.compensated = world.sagas.count(kind, .compensated)
      definition.failed = world.sagas.count(kind, .failed)
      return definition
    }
    for entry in world.sagas.open.values {
      guard let place = SagaKind.allCases.firstIndex(of: entry.kind) else { continue }
      switch entry.state {
      case .compensating: definitions[place].compensating += 1
      case .stuck: definitions[place].stuck += 1
      default: definitions[place].running += 1
      }
    }
    return definitions
  }

  private func saga(_ id: GTXID, _ entry: SagaRegister.Entry, in world: World) -> SagaSnapshot {
    var saga = there(id, entry, in: world)
    if let way = SagaReturn(entry) { saga.goBack(way, in: entry.returnedBy) }
    return saga
  }

  /// As far as it came on its way there.
  private func there(_ id: GTXID, _ entry: SagaRegister.Entry, in world: World) -> SagaSnapshot {
    var saga = SagaSnapshot(
      gtxid: id, definition: entry.kind.rawValue, state: entry.state, since: entry.since, start: entry.start)
    saga.reason = entry.reason
    if entry.kind == .orchestrated {
      if let view = coordinated(id, in: world) { saga.take(view) }
      return saga
    }
    let told = SagaInference(entry, isWatched: world.sagas.isWatched)
    saga.strip = told.strip
    if !entry.state.hasEnded {
      saga.unpublished = told.unpublished
      saga.waitsFor = told.waitsFor.isEmpty && told.unpublished.isEmpty ? step(id, in: world) : told.waitsFor
    }
    return saga
  }

  private func step(_ id: GTXID, in world: World) -> String { world.book.entry(id)?.step ?? "" }

  private func coordinated(_ id: GTXID, in world: World) -> SagaView? {
    try? world.disk(of: ShopPlan.orchestrator)?.database.read { try SagaStore.saga(id.hex, $0) }
  }

  // MARK: What waits for a lock

  private func stashed(in world: World) -> Int {
    ShopPlan.participants.reduce(0) { sum, service in
      sum + ((try? world.disk(of: service)?.database.read { try SemanticLock.depth($0) }) ?? 0)
    }
  }

  private func stash(behind id: GTXID, in world: World) -> Int {
    ShopPlan.participants.reduce(0) { sum, service in
      sum + ((try? world.disk(of: service)?.database.read { try SemanticLock.depth(behind: id.hex, $0) }) ?? 0)
    }
  }
}

extension SagaSnapshot {
  /// An event that was committed a moment ago is on its way; one that stays away is what nobody can act without.
  fileprivate mutating func tellWhatHoldsIt(after age: Int64) {
    guard !unpublished.isEmpty else { return }
    if age < ServiceSnapshot.unpublishedAfter { unpublished = "" } else { waitsFor = "" }
  }
}

extension ShopPlan {
  /// Those that carry out commands, and keep a database.
  static let participants = services.filter { service in
    service.store != nil && service.reads.contains { $0.topic == TopicName.commands(service.name) }
  }.map(\.name)
}

extension SagaKind {
  /// `choreographed checkout`, as a person would call it.
  var title: String {
    switch self {
    case .choreographed: "choreographed checkout"
    case .orchestrated: "orchestrated checkout"
    case .join: "join"
    case .credit: "credit, small"
    case .creditLarge: "credit, large"
    }
  }
}

extension SagaSnapshot {
  /// Its steps were done, and are undone by another transaction.
  fileprivate mutating func goBack(_ way: SagaReturn, in transaction: GTXID?) {
    strip += way.strip
    returnedBy = transaction
    if !state.hasEnded { waitsFor = way.waitsFor }
  }

  /// What its coordinator knows of it.
  fileprivate mutating func take(_ view: SagaView) {
    isInferred = false
    if !view.reason.isEmpty { reason = view.reason }
    strip = view.strip.entries.map(SagaMark.init)
    locks = view.locks.map { "\($0.resource) at \($0.destination)" }
    waitsFor = view.steps.filter(\.isAwaited).map(\.label).joined(separator: ", ")
  }
}

extension SagaView.Step {
  /// Whether the saga stands here, since it waits for an answer or is stuck.
  fileprivate var isAwaited: Bool {
    switch (action, undo) {
    case (.sent, _), (.waiting, _), (.exhausted, _), (_, .sent), (_, .refused), (_, .unanswered): true
    default: false
    }
  }
}

extension SagaMark {
  init(_ entry: SagaStrip.Entry) {
    let kind: Kind =
      switch entry.mark {
      case .done: .done
      case .failed: .failed
      case .unknown: .unknown
      case .underWay: .underWay
      case .undone: .undone
      case .undoUnderWay: .undoUnderWay
      case .undoFailed: .undoFailed
      }
    self.init(kind, entry.label)
  }
}
