/// Of each root operation the few transactions that took longest.
struct SlowestTraces: Sendable {
  struct Entry: Sendable {
    var slot: Int32
    var duration: Int64
  }

  private let limit: Int
  private let operations: Int
  private var places: [UInt32: Int] = [:]
  private var lists: [[Entry]] = []

  /// Keeps `limit` for each of at most so many `operations`.
  init(limit: Int, operations: Int) {
    self.limit = limit
    self.operations = operations
  }

  static func key(_ service: SymbolTable.Symbol, _ operation: SymbolTable.Symbol) -> UInt32 {
    UInt32(service) << 16 | UInt32(operation)
  }

  enum Verdict: Equatable {
    case isNotSlow
    case isSlow
    /// This one is, and the one in that slot is not any more.
    case replaced(Int32)
  }

  /// `slot` took `duration` so far; it is among the slowest of `key` already if `isListed`.
  mutating func offer(_ slot: Int32, duration: Int64, key: UInt32, isListed: Bool) -> Verdict {
    guard limit > 0 else { return .isNotSlow }
    let place = places[key] ?? lists.count
    if place == lists.count {
      guard place < operations else { return .isNotSlow }
      places[key] = place
      lists.append([])
    }
    if isListed, let index = lists[place].firstIndex(where: { $0.slot == slot }) {
      lists[place][index].duration = duration
      return .isSlow
    }
    guard lists[place].count >= limit else {
      lists[place].append(Entry(slot: slot, duration: duration))
      return .isSlow
    }
    var fastest = 0
    for index in lists[place].indices where lists[place][index].duration < lists[place][fastest].duration {
      fastest = index
    }
    guard lists[place][fastest].duration < duration else { return .isNotSlow }
    let dropped = lists[place][fastest].slot
    lists[place][fastest] = Entry(slot: slot, duration: duration)
    return .replaced(dropped)
  }

  mutating func remove(_ slot: Int32, key: UInt32) {
    guard let place = places[key] else { return }
    lists[place].removeAll { $0.slot == slot }
  }

  var bytes: Int { lists.count * (56 + limit * MemoryLayout<Entry>.stride) }
}
