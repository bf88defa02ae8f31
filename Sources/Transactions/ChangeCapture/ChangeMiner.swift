internal import TraceModel

/// Turns row changes into business events: transaction log mining (Richardson, "Microservices Patterns", 3.3.7).
///
/// It reads a change log in order. Whoever owns it publishes what ``poll(limit:)`` gives, says so with
/// ``acknowledge(_:)``, and stores ``position``, from which a new miner goes on after a crash. So an event is published
/// at least once, each time under the same message id, and events of one key keep their order. The position never passes
/// a change of which an event is still to be published, wherever batches end.
public struct ChangeMiner: Sendable {
  /// What a change means. It must depend on its arguments alone: a change may be mined again. A change that means
  /// nothing gives no event.
  public typealias Mapping = @Sendable (RowChange, ChangeTransaction) -> [BusinessEvent]

  /// What a poll gives.
  public enum Poll: Sendable {
    /// The next events, in order; none when there is nothing new.
    case events([MinedEvent])
    /// The log has forgotten changes that were not mined. Nothing goes on until an operator chooses ``ChangeMiner/skip(_:)``
    /// or ``ChangeMiner/takeSnapshot(of:for:now:)``.
    case lost(ChangeLoss)
  }

  /// A change whose events are not all published.
  private struct Pending {
    /// What stands for certain once the events are published; nil within a snapshot.
    let position: MinerPosition?
    var events: ArraySlice<MinedEvent>
  }

  /// Unique among the miners that publish: message ids begin with it.
  public let name: String
  public let log: ChangeLog
  private let mapping: Mapping
  /// What is to be stored.
  public private(set) var position: MinerPosition
  /// The newest change that was read.
  private var read: MinerPosition
  private var pending: [Pending] = []

  /// - Parameter position: what was stored; the start of everything for a new miner.
  public init(name: String, log: ChangeLog, from position: MinerPosition, mapping: @escaping Mapping) {
    self.name = name
    self.log = log
    self.mapping = mapping
    self.position = position
    read = position
  }

  // MARK: Mining

  /// The next events that were not acknowledged, oldest first. Until they are, the next poll gives them again.
  /// - Parameter limit: the most events, 1 or more. The events of one change may so come in several batches.
  /// - Throws: `positionAhead`, `damaged`; `DatabaseError`.
  public mutating func poll(limit: Int) throws -> Poll {
    precondition(limit > 0, "at least one event must be asked for, not \(limit)")
    var count = pending.reduce(0) { $0 + $1.events.count }
    while count < limit {
      // Many at once, also where few events are wanted: most changes may mean nothing.
      switch try log.read(after: read.change, limit: max(limit - count, 64)) {
      case .lost(var loss):
        // What was mined before the log forgot it is published first.
        guard count == 0 else { return .events(next(limit)) }
        loss.since = max(loss.since, read.time)
        return .lost(loss)
      case .transactions(let transactions):
        guard !transactions.isEmpty else { return .events(next(limit)) }
        for transaction in transactions { count += take(transaction) }
        settle()
      }
    }
    return .events(next(limit))
  }

  /// The first `count` events of the last poll were published.
  public mutating func acknowledge(_ count: Int) {
    var left = count
    var place = pending.startIndex
    while left > 0 {
      precondition(place < pending.endIndex, "\(count) events are acknowledged, of which \(left) were never given")
      let published = min(left, pending[place].events.count)
      pending[place].events.removeFirst(published)
      left -= published
      place += 1
    }
    settle()
  }

  /// How far the miner is behind its log.
  /// - Throws: `DatabaseError`.
  public func lag() throws -> MinerLag {
    let (changes, oldest) = try log.behind(position.change)
    return MinerLag(newest: position.change + changes, mined: position.change, oldest: oldest)
  }

  private func next(_ limit: Int) -> [MinedEvent] {
    Array(pending.lazy.flatMap(\.events).prefix(limit))
  }

  /// Moves the position over the changes of which nothing is left to publish.
  private mutating func settle() {
    let done = pending.firstIndex { !$0.events.isEmpty } ?? pending.endIndex
    if let last = pending[..<done].last(where: { $0.position != nil })?.position { position = last }
    pending.removeFirst(done)
  }

  /// - Returns: how many events the transaction gives.
  private mutating func take(_ transaction: ChangeTransaction) -> Int {
    var entries = MinedEntries(miner: name, log: log.name, transaction: transaction)
    var count = 0
    for change in transaction.changes {
      // All of them are mapped, so that hops are counted alike when mining begins within a transaction.
      let events = entries.events(of: change, mapping(change, transaction))
      guard change.position > read.change else { continue }
      read = MinerPosition(change: change.position, time: transaction.time)
      pending.append(Pending(position: read, events: events[...]))
      count += events.count
    }
    return count
  }

  // MARK: After a loss

  /// Goes on after what was lost, as if it had never been.
  public mutating func skip(_ loss: ChangeLoss) {
    precondition(loss.to >= read.change, "changes up to \(loss.to) are no loss: all up to \(read.change) were read")
    pending.removeAll()
    read = MinerPosition(change: loss.to, time: loss.until)
    position = read
  }

  /// Reads tables anew: each row as it is now becomes a change of kind `snapshot`, which is mapped like others, and mining
  /// goes on with what happens to them afterwards. The rows are held until their events are published; a crash before
  /// the last one leaves the position where it was.
  /// - Parameters:
  ///   - tables: captured ones; nil for all.
  ///   - origin: on whose behalf: that of the operator's own transaction.
  ///   - now: nanoseconds since the Unix epoch.
  /// - Returns: how many rows there are.
  /// - Throws: `unknownTable`, `DatabaseError`.
  @discardableResult
  public mutating func takeSnapshot(
    of tables: [String]? = nil, for origin: ChangeOrigin, now: Int64
  ) throws -> Int {
    let snapshot = try log.snapshot(of: tables)
    let transaction = ChangeTransaction(number: 0, time: now, origin: origin, changes: snapshot.rows)
    var entries = MinedEntries(miner: name, log: log.name, transaction: transaction)
    pending = snapshot.rows.map { row in
      Pending(position: nil, events: entries.events(of: row, mapping(row, transaction))[...])
    }
    read = MinerPosition(change: snapshot.position, time: now)
    pending.append(Pending(position: read, events: []))
    settle()
    return snapshot.rows.count
  }
}
