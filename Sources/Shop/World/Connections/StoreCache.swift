internal import Operations
internal import Platform
internal import Simulation

/// A process's cache in front of its store. Of readers who miss the same key at the same time one asks the store, and
/// the others wait for what it gets.
final class StoreCache: @unchecked Sendable {
  private var cache: ReadThroughCache<String, Payload>
  /// Those who wait for a load, by key. For look-up only.
  private var waiting: [String: [Reply<Void>]] = [:]
  private let time: VirtualTime

  /// - Parameter timeToLive: nanoseconds.
  init(capacity: Int, timeToLive: Int64, on time: VirtualTime) {
    cache = ReadThroughCache(capacity: capacity, timeToLive: timeToLive)
    self.time = time
  }

  func value(_ key: String, load: () async throws -> Payload?) async throws -> Payload? {
    while true {
      switch cache.read(key, now: time.now) {
      case .hit(let value): return value
      case .wait:
        let turn = Reply<Void>()
        waiting[key, default: []].append(turn)
        try await turn.value()
      case .load(let number):
        defer { for turn in waiting.removeValue(forKey: key) ?? [] { turn.resolve(.success(())) } }
        do {
          let value = try await load()
          cache.loaded(number, value, now: time.now)
          return value
        } catch {
          cache.failed(number)
          throw error
        }
      }
    }
  }

  var use: CacheUse {
    CacheUse(
      entries: cache.count, capacity: cache.capacity, hits: cache.figures.hits, misses: cache.figures.misses,
      loads: cache.figures.loads)
  }
}
