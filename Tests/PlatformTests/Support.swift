@testable import Platform

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
