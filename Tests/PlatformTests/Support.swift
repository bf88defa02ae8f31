@testable import Platform

/// SplitMix64, for tests.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return StableHash.finish(state)
  }

  mutating func below(_ bound: Int) -> Int { StableHash.bucket(next(), of: bound) }

  mutating func happens(_ percent: Int) -> Bool { below(100) < percent }
}

let second: Int64 = 1_000_000_000
let minute: Int64 = 60_000_000_000
/// A whole minute since the epoch, as real clocks hardly ever are: the rules must not need it.
let epoch: Int64 = 1_700_000_000_123_456_789

let first: @Sendable (Int) -> Int = { _ in 0 }

/// A store that can be switched off.
final class TestStore: KeyValuePort {
  var entries: [String: (value: [UInt8], until: Int64)] = [:]
  var failure: String?
  var reads = 0

  func value(of key: String, now: Int64) throws(KeyValueUnavailable) -> [UInt8]? {
    reads += 1
    if let failure { throw KeyValueUnavailable(reason: failure) }
    return entries[key].flatMap { $0.until > now ? $0.value : nil }
  }

  func set(_ entry: KeyValueEntry, now: Int64) throws(KeyValueUnavailable) {
    if let failure { throw KeyValueUnavailable(reason: failure) }
    entries[entry.key] = (entry.value, now + entry.timeToLive)
  }
}

func instance(
  _ app: String, _ number: Int, zone: String = "", version: String = "1", status: RegistryStatus = .up
) -> RegistryInstance {
  RegistryInstance(
    app: app, id: "\(app)-\(number)", host: "10.0.0.\(number % 250)", port: 8000 + number, zone: zone,
    version: version, status: status)
}
