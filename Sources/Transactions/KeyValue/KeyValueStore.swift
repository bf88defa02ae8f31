/// A key-value store with bounded memory and times to live: one command at a time, nothing on disk, no clock.
///
/// A key with a time to live is gone from the moment at which that ends: a command that meets it finds nothing, and takes
/// it out; ``collectExpired(now:limit:)`` takes out those that nobody asks for. Each command takes O(log n).
public struct KeyValueStore: Sendable {
  public let settings: KeyValueSettings
  public internal(set) var counters = KeyValueCounters()
  /// The same of the keys of each space.
  var spaces = KeyValueSpaces()
  var entries = KeyValueEntries()

  public init(_ settings: KeyValueSettings) {
    precondition(settings.maximumBytes > 0, "a key-value store has 1 byte or more, not \(settings.maximumBytes)")
    self.settings = settings
  }

  /// How many keys there are, those included that have expired but were not taken out yet.
  public var count: Int { entries.count }

  /// Bytes in use; never more than the limit.
  public var bytes: Int { entries.bytes }

  // MARK: Commands

  /// The value of a key; nil when there is none.
  /// - Parameter now: nanoseconds since the Unix epoch, here and in all other commands.
  public mutating func get(_ key: String, now: Int64) -> [UInt8]? {
    guard let place = find(key, now) else {
      count(\.misses, of: key)
      return nil
    }
    count(\.hits, in: entries[place].space)
    entries.touch(place)
    return entries[place].value
  }

  /// Gives a key a value, and a time to live: whatever it had before is gone.
  /// - Parameter ttl: nanoseconds, above 0; nil for ever.
  /// - Throws: `full`, `tooLarge`, `badTimeToLive`; the key then is as it was.
  public mutating func set(
    _ key: String, _ value: [UInt8], ttl: Int64? = nil, now: Int64
  ) throws(KeyValueError) {
    let deadline = try deadline(key, ttl, now)
    try write(key, value, at: find(key, now), deadline: deadline, now)
  }

  /// Gives a key a value unless it has one. It is how a lock is taken, or a message noted as seen.
  /// - Returns: whether the key had none.
  /// - Throws: as ``set(_:_:ttl:now:)``.
  public mutating func setIfAbsent(
    _ key: String, _ value: [UInt8], ttl: Int64? = nil, now: Int64
  ) throws(KeyValueError) -> Bool {
    let deadline = try deadline(key, ttl, now)
    guard find(key, now) == nil else { return false }
    try write(key, value, at: nil, deadline: deadline, now)
    return true
  }

  /// Gives a key another value if it still has the one that somebody has read, so that nothing is lost that was written in
  /// between (compare and set).
  /// - Parameter expected: nil: the key was not there.
  /// - Returns: whether it was so.
  /// - Throws: as ``set(_:_:ttl:now:)``.
  public mutating func replace(
    _ key: String, _ expected: [UInt8]?, with value: [UInt8], ttl: Int64? = nil, now: Int64
  ) throws(KeyValueError) -> Bool {
    let deadline = try deadline(key, ttl, now)
    let place = find(key, now)
    guard place.map({ entries[$0].value }) == expected else { return false }
    try write(key, value, at: place, deadline: deadline, now)
    return true
  }

  /// Takes a key out.
  /// - Returns: whether it was there.
  public mutating func delete(_ key: String, now: Int64) -> Bool {
    guard let place = find(key, now) else { return false }
    entries.remove(place)
    return true
  }

  /// Adds to a number in decimal digits; a key that is not there counts as 0. The time to live stays as it is.
  /// - Returns: the sum.
  /// - Throws: `notANumber`, `outOfRange`, `full`, `tooLarge`; the key then is as it was.
  public mutating func increment(_ key: String, by amount: Int64 = 1, now: Int64) throws(KeyValueError) -> Int64 {
    let place = find(key, now)
    var number: Int64 = 0
    if let place {
      let text = String(decoding: entries[place].value, as: UTF8.self)
      guard let value = Int64(text), "\(value)" == text else { throw .notANumber(key: key) }
      number = value
    }
    let (sum, isOver) = number.addingReportingOverflow(amount)
    guard !isOver else { throw .outOfRange(key: key) }
    try write(key, Array("\(sum)".utf8), at: place, deadline: place.flatMap { entries[$0].deadline }, now)
    return sum
  }

  /// Gives a key another time to live; one that is not above 0 takes it out at once.
  /// - Parameter ttl: nanoseconds.
  /// - Returns: whether the key was there.
  public mutating func expire(_ key: String, after ttl: Int64, now: Int64) -> Bool {
    guard let place = find(key, now) else { return false }
    if ttl > 0 {
      entries.touch(place)
      entries.setDeadline(Self.sum(now, ttl), of: place)
    } else {
      entries.remove(place)
    }
    return true
  }

  /// How long a key still lives. It does not count as use.
  public mutating func ttl(_ key: String, now: Int64) -> TimeToLive {
    guard let place = find(key, now) else { return .absent }
    return entries[place].deadline.map { .remaining($0 - now) } ?? .forever
  }

  /// Takes out keys that have expired, those first that did so first. Called now and then, it frees what nobody asks for.
  /// - Parameter limit: the most keys.
  /// - Returns: how many were taken out.
  @discardableResult
  public mutating func collectExpired(now: Int64, limit: Int) -> Int {
    var count = 0
    while count < limit, let place = entries.soonest, isExpired(place, now) {
      drop(expired: place)
      count += 1
    }
    return count
  }

  // MARK: Time

  /// The place of a key that is alive. One that has expired is taken out.
  private mutating func find(_ key: String, _ now: Int64) -> Int? {
    guard let place = entries.place(of: key) else { return nil }
    guard isExpired(place, now) else { return place }
    drop(expired: place)
    return nil
  }

  private func isExpired(_ place: Int, _ now: Int64) -> Bool {
    entries[place].deadline.map { $0 <= now } ?? false
  }

  private mutating func drop(expired place: Int) {
    count(\.expired, in: entries[place].space)
    entries.remove(place)
  }

  private func deadline(_ key: String, _ ttl: Int64?, _ now: Int64) throws(KeyValueError) -> Int64? {
    guard let ttl else { return nil }
    guard ttl > 0 else { throw .badTimeToLive(key: key, nanoseconds: ttl) }
    return Self.sum(now, ttl)
  }

  private static func sum(_ now: Int64, _ ttl: Int64) -> Int64 {
    let (sum, isOver) = now.addingReportingOverflow(ttl)
    return isOver ? .max : sum
  }

  // MARK: Memory

  private mutating func write(
    _ key: String, _ value: [UInt8], at place: Int?, deadline: Int64?, _ now: Int64
  ) throws(KeyValueError) {
    let size = KeyValueEntries.size(key, value)
    guard size <= settings.maximumBytes else {
      count(\.refused, of: key)
      throw .tooLarge(key: key, bytes: size, limit: settings.maximumBytes)
    }
    let growth = size - (place.map { entries[$0].size } ?? 0)
    guard makeRoom(for: growth, keeping: place, now) else {
      count(\.refused, of: key)
      throw .full(key: key, needed: entries.bytes + growth, limit: settings.maximumBytes)
    }
    if let place {
      entries.replace(place, value, deadline: deadline)
    } else {
      entries.insert(key, in: spaces.number(of: key), value, deadline: deadline)
    }
  }

  /// Nothing gives way in vain: when all that may is not enough, all of it stays.
  private mutating func makeRoom(for growth: Int, keeping place: Int?, _ now: Int64) -> Bool {
    func isEnough(_ bytes: Int) -> Bool { bytes + growth <= settings.maximumBytes }
    if isEnough(entries.bytes) { return true }
    while !isEnough(entries.bytes), let expired = entries.soonest, isExpired(expired, now) { drop(expired: expired) }
    let kept = place.map { entries[$0] }
    switch settings.whenFull {
    case .refuse:
      return isEnough(entries.bytes)
    case .evictLeastRecentlyUsed:
      guard isEnough(kept?.size ?? 0) else { return false }
      while !isEnough(entries.bytes), let victim = entries.leastRecentlyUsed(except: place) { evict(victim) }
    case .evictSoonestToExpire:
      let evictable = entries.expiringBytes - (kept?.deadline == nil ? 0 : kept?.size ?? 0)
      guard isEnough(entries.bytes - evictable) else { return false }
      while !isEnough(entries.bytes), let victim = entries.soonestToExpire(except: place) { evict(victim) }
    }
    return isEnough(entries.bytes)
  }

  private mutating func evict(_ place: Int) {
    count(\.evicted, in: entries[place].space)
    entries.remove(place)
  }
}
