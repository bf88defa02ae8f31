internal import OrderedCollections

/// One stream's part of a join: the records that partners may still come for, and those without one so far.
struct JoinSide<Value: Sendable>: Sendable {
  struct Held: Sendable {
    var key: [UInt8]
    var value: Value
    var timestamp: Int64
  }

  /// What became of one record. It needs keeping while it is held for partners, while it waits, or both.
  enum Change: Sendable {
    /// It is held for partners that may come.
    case held(Held)
    /// It has no partner so far.
    case waits(Held)
    /// It found a partner, or came out alone.
    case waitsNoMore(Held)
    /// It is too old for any partner.
    case dropped(Held)
  }

  /// By key, each key's in the order of their timestamps and of their coming.
  private var records = OrderedDictionary<[UInt8], [Held]>()
  private(set) var count = 0
  /// In the order in which they come out: by timestamp, then key, then as they came.
  private(set) var waiting: [Held] = []
  /// The largest timestamp of this stream: how far back records are kept goes by it.
  private(set) var newest: Int64 = .min
  /// How many records there were after the last tidying.
  private var tidied = 0

  /// Nothing so far.
  init() {}

  /// As it was when `newest` was its largest timestamp (`.min`: none). Results do not depend on what was tidied away.
  /// - Parameter kept: all that were held or waited, in the order in which they came.
  init(newest: Int64, kept: [(record: Held, isHeld: Bool, isWaiting: Bool)]) {
    self.newest = newest
    for (record, isHeld, isWaiting) in kept {
      if isHeld { insert(record) }
      if isWaiting { insertWaiting(record) }
    }
  }

  /// Keeps a record for partners to come, unless it is too old for any.
  /// - Parameter changes: nil where nobody notes them; so everywhere here.
  mutating func put(
    _ value: Value, key: [UInt8], at timestamp: Int64, retention: Int64, changes: inout [Change]?
  ) {
    newest = max(newest, timestamp)
    guard timestamp >= oldestKept(retention) else { return }
    let held = Held(key: key, value: value, timestamp: timestamp)
    insert(held)
    changes?.append(.held(held))
    // Once in a while, so that each record costs the same.
    if count > 64, count > 2 * tidied { tidy(retention, &changes) }
  }

  private mutating func insert(_ held: Held) {
    var ofKey = records[held.key] ?? []
    let place = ofKey.lastIndex { $0.timestamp <= held.timestamp }.map { $0 + 1 } ?? 0
    ofKey.insert(held, at: place)
    records[held.key] = ofKey
    count += 1
  }

  /// The partners in a window, which wait no longer.
  mutating func take(key: [UInt8], in window: Window, retention: Int64, changes: inout [Change]?) -> [Held] {
    let start = max(window.start, oldestKept(retention))
    let partners = (records[key] ?? []).filter { $0.timestamp >= start && $0.timestamp <= window.end }
    if !partners.isEmpty, !waiting.isEmpty {
      // All that have this key and one of these times: they came together, and were all partners.
      waiting.removeAll { held in
        guard held.key == key, partners.contains(where: { $0.timestamp == held.timestamp }) else { return false }
        changes?.append(.waitsNoMore(held))
        return true
      }
    }
    return partners
  }

  /// It has no partner so far.
  mutating func wait(_ value: Value, key: [UInt8], at timestamp: Int64, changes: inout [Change]?) {
    let held = Held(key: key, value: value, timestamp: timestamp)
    insertWaiting(held)
    changes?.append(.waits(held))
  }

  private mutating func insertWaiting(_ held: Held) {
    let place = waiting.lastIndex { !Self.comesBefore(held, $0) }.map { $0 + 1 } ?? 0
    waiting.insert(held, at: place)
  }

  /// Takes out those for which no partner can come any more: `after` has gone by since them.
  mutating func expire(after: Int64, at streamTime: Int64, changes: inout [Change]?) -> [Held] {
    let count = waiting.firstIndex { $0.timestamp.addingSaturated(after) >= streamTime } ?? waiting.count
    let expired = Array(waiting[..<count])
    waiting.removeFirst(count)
    if changes != nil { for held in expired { changes?.append(.waitsNoMore(held)) } }
    return expired
  }

  private func oldestKept(_ retention: Int64) -> Int64 {
    newest == .min ? .min : newest.addingSaturated(-retention)
  }

  private mutating func tidy(_ retention: Int64, _ changes: inout [Change]?) {
    let oldest = oldestKept(retention)
    var kept = OrderedDictionary<[UInt8], [Held]>()
    count = 0
    for (key, ofKey) in records {
      let young = ofKey.filter { $0.timestamp >= oldest }
      if changes != nil { for held in ofKey where held.timestamp < oldest { changes?.append(.dropped(held)) } }
      guard !young.isEmpty else { continue }
      kept[key] = young
      count += young.count
    }
    records = kept
    tidied = count
  }

  private static func comesBefore(_ left: Held, _ right: Held) -> Bool {
    if left.timestamp != right.timestamp { return left.timestamp < right.timestamp }
    return left.key.lexicographicallyPrecedes(right.key)
  }
}

extension JoinSide: Equatable where Value: Equatable {}
extension JoinSide: Codable where Value: Codable {}
extension JoinSide.Held: Equatable where Value: Equatable {}
extension JoinSide.Held: Codable where Value: Codable {}
