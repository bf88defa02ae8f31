import TestSupport
import Testing

@testable import Transactions

/// The store against a list that is searched from end to end, over many seeds.
@Suite struct KeyValueModelTests {
  private struct Model {
    struct Row: Equatable {
      var key: String
      var value: [UInt8]
      var deadline: Int64?
      /// When its deadline was set, counted.
      var order: Int64
      var size: Int { key.utf8.count + value.count + KeyValueSettings.bytesPerEntry }
    }

    let settings: KeyValueSettings
    var counters = KeyValueCounters()
    /// In the order of use, the oldest first.
    var rows: [Row] = []
    var order: Int64 = 0

    init(settings: KeyValueSettings) { self.settings = settings }

    var bytes: Int { rows.reduce(0) { $0 + $1.size } }

    mutating func index(_ key: String, _ now: Int64) -> Int? {
      guard let index = rows.firstIndex(where: { $0.key == key }) else { return nil }
      guard let deadline = rows[index].deadline, deadline <= now else { return index }
      rows.remove(at: index)
      counters.expired += 1
      return nil
    }

    mutating func get(_ key: String, _ now: Int64) -> [UInt8]? {
      guard let index = index(key, now) else {
        counters.misses += 1
        return nil
      }
      counters.hits += 1
      rows.append(rows.remove(at: index))
      return rows.last?.value
    }

    /// Whether the write was done.
    mutating func write(_ key: String, _ value: [UInt8], deadline: Int64?, _ now: Int64) -> Bool {
      order += deadline == nil ? 0 : 1
      let row = Row(key: key, value: value, deadline: deadline, order: order)
      let old = rows.firstIndex { $0.key == key }.map { rows[$0] }
      let others = { (model: Model) in model.rows.filter { $0.key != key } }
      func isEnough(_ rows: [Row]) -> Bool { rows.reduce(row.size) { $0 + $1.size } <= settings.maximumBytes }
      guard row.size <= settings.maximumBytes else {
        counters.refused += 1
        return false
      }
      while !isEnough(others(self)), let gone = soonest(others(self)), gone.deadline ?? .max <= now {
        remove(gone)
        counters.expired += 1
      }
      let staying = settings.whenFull == .evictSoonestToExpire ? others(self).filter { $0.deadline == nil } : []
      guard isEnough(others(self)) || (settings.whenFull != .refuse && isEnough(staying)) else {
        counters.refused += 1
        return false
      }
      while !isEnough(others(self)) {
        guard let victim = settings.whenFull == .evictLeastRecentlyUsed ? others(self).first : soonest(others(self))
        else { return false }
        remove(victim)
        counters.evicted += 1
      }
      if let old { remove(old) }
      rows.append(row)
      return true
    }

    func soonest(_ rows: [Row]) -> Row? {
      rows.filter { $0.deadline != nil }.min { ($0.deadline ?? 0, $0.order) < ($1.deadline ?? 0, $1.order) }
    }

    mutating func remove(_ row: Row) { rows.removeAll { $0.key == row.key } }
  }

  @Test(arguments: 0..<300) func theStoreDoesWhatTheListDoes(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let policies = KeyValueSettings.WhenFull.allCases
    let settings = KeyValueSettings(maximumBytes: 300 + random.below(700), whenFull: policies[seed % policies.count])
    var store = KeyValueStore(settings)
    var model = Model(settings: settings)
    var now: Int64 = 0
    for step in 0..<250 {
      now += Int64(random.below(4))
      let key = "k\(random.below(14))"
      let value =
        random.chance(50) ? Array("\(random.below(99))".utf8) : [UInt8](repeating: 1, count: random.below(90))
      let ttl = random.chance(60) ? Int64(1 + random.below(40)) : nil
      let place = "seed \(seed), step \(step)"
      switch random.below(8) {
      case 0, 1: #expect(store.get(key, now: now) == model.get(key, now), "\(place)")
      case 2, 3:
        _ = model.index(key, now)
        let isDone = model.write(key, value, deadline: ttl.map { now + $0 }, now)
        #expect(((try? store.set(key, value, ttl: ttl, now: now)) != nil) == isDone, "\(place)")
      case 4:
        let isThere = model.index(key, now) != nil
        let isDone: Bool? = isThere ? false : model.write(key, value, deadline: ttl.map { now + $0 }, now) ? true : nil
        #expect((try? store.setIfAbsent(key, value, ttl: ttl, now: now)) == isDone, "\(place)")
      case 5:
        let index = model.index(key, now)
        if let index { model.rows.remove(at: index) }
        #expect(store.delete(key, now: now) == (index != nil), "\(place)")
      case 6: increment(key, now, &store, &model, place)
      default:
        let index = model.index(key, now)
        if let index {
          model.order += 1
          model.rows[index].deadline = now + (ttl ?? 5)
          model.rows[index].order = model.order
          model.rows.append(model.rows.remove(at: index))
        }
        #expect(store.expire(key, after: ttl ?? 5, now: now) == (index != nil), "\(place)")
      }
      if random.chance(10) {
        let gone = model.rows.filter { $0.deadline ?? .max <= now }.sorted {
          ($0.deadline ?? 0, $0.order) < ($1.deadline ?? 0, $1.order)
        }.prefix(2)
        for row in gone { model.remove(row) }
        model.counters.expired += Int64(gone.count)
        #expect(store.collectExpired(now: now, limit: 2) == gone.count, "\(place)")
      }
      #expect(store.bytes == model.bytes && store.bytes <= settings.maximumBytes, "\(place)")
      #expect(store.count == model.rows.count && store.counters == model.counters, "\(place)")
    }
    for row in model.rows {
      let expected: TimeToLive =
        row.deadline.map { $0 <= now ? .absent : .remaining($0 - now) } ?? .forever
      #expect(store.ttl(row.key, now: now) == expected, "seed \(seed): \(row.key)")
    }
  }

  private func increment(
    _ key: String, _ now: Int64, _ store: inout KeyValueStore, _ model: inout Model, _ place: String
  ) {
    let row = model.index(key, now).map { model.rows[$0] }
    let number = row.map { Int64(String(decoding: $0.value, as: UTF8.self)) } ?? 0
    var sum: Int64?
    if let number, model.write(key, Array("\(number + 1)".utf8), deadline: row?.deadline, now) { sum = number + 1 }
    #expect((try? store.increment(key, now: now)) == sum, "\(place)")
  }
}
