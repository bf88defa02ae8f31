/// Joins two streams of records by key, within a window of time: the rules are those of Kafka Streams' join of two streams
/// (`KStreamKStreamJoin`).
///
/// Time is that of the records: stream time is the largest timestamp that was seen on either side, of any key, and the
/// wall clock has no part in it. Where no records come, it stands still; let ``advance(to:)`` tell of the time then.
///
/// One of it belongs to one partition of both topics, which must have equally many. It is a value: what it holds can be
/// kept (`Codable`) and taken up again after a restart; the same records in the same order give the same results.
public struct WindowedJoin<Left: Sendable, Right: Sendable>: Sendable {
  public typealias Result = Joined<Left, Right>

  public let settings: JoinSettings
  /// The largest timestamp so far; nil before the first record.
  public private(set) var streamTime: Int64?
  private var left = JoinSide<Left>()
  private var right = JoinSide<Right>()

  public init(_ settings: JoinSettings) {
    self.settings = settings
  }

  /// Records that are held for partners to come, and those that wait to come out alone.
  public var held: (records: Int, unmatched: Int) {
    (left.count + right.count, left.waiting.count + right.waiting.count)
  }

  /// Takes a record of the left stream.
  /// - Returns: first those whose time is up, then its own results.
  public mutating func add(left value: Left, key: [UInt8], at timestamp: Int64) -> [Result] {
    var changes = Changes.unnoted
    return add(left: value, key: key, at: timestamp, changes: &changes)
  }

  /// Takes a record of the right stream.
  /// - Returns: first those whose time is up, then its own results.
  public mutating func add(right value: Right, key: [UInt8], at timestamp: Int64) -> [Result] {
    var changes = Changes.unnoted
    return add(right: value, key: key, at: timestamp, changes: &changes)
  }

  /// Tells that it is so late without a record that would, and returns those whose time is up.
  public mutating func advance(to timestamp: Int64) -> [Result] {
    var changes = Changes.unnoted
    return pass(timestamp, &changes)
  }

  // MARK: What changes

  /// What became of the records of both sides, in the order in which it did.
  struct Changes: Sendable {
    /// Nil: it is not noted.
    var left: [JoinSide<Left>.Change]?
    var right: [JoinSide<Right>.Change]?

    static var unnoted: Changes { Changes(left: nil, right: nil) }
    static var none: Changes { Changes(left: [], right: []) }
  }

  /// As it was when somebody who noted all changes had these two sides.
  init(_ settings: JoinSettings, streamTime: Int64?, left: JoinSide<Left>, right: JoinSide<Right>) {
    self.settings = settings
    self.streamTime = streamTime
    self.left = left
    self.right = right
  }

  /// The largest timestamp of each side; `.min` before its first record.
  var newest: (left: Int64, right: Int64) { (left.newest, right.newest) }

  mutating func add(left value: Left, key: [UInt8], at timestamp: Int64, changes: inout Changes) -> [Result] {
    var results = pass(timestamp, &changes)
    left.put(value, key: key, at: timestamp, retention: retention, changes: &changes.left)
    let window = Window(timestamp, before: settings.before, after: settings.after)
    let partners = right.take(key: key, in: window, retention: retention, changes: &changes.right)
    results += partners.map { partner in
      Result(key: key, left: value, right: partner.value, timestamp: max(timestamp, partner.timestamp))
    }
    if partners.isEmpty, settings.kind == .outer {
      if isTooLate(window) {
        results.append(Result(key: key, left: value, right: nil, timestamp: timestamp))
      } else {
        left.wait(value, key: key, at: timestamp, changes: &changes.left)
      }
    }
    return results
  }

  mutating func add(right value: Right, key: [UInt8], at timestamp: Int64, changes: inout Changes) -> [Result] {
    var results = pass(timestamp, &changes)
    right.put(value, key: key, at: timestamp, retention: retention, changes: &changes.right)
    let window = Window(timestamp, before: settings.after, after: settings.before)
    let partners = left.take(key: key, in: window, retention: retention, changes: &changes.left)
    results += partners.map { partner in
      Result(key: key, left: partner.value, right: value, timestamp: max(timestamp, partner.timestamp))
    }
    if partners.isEmpty, settings.kind == .outer {
      if isTooLate(window) {
        results.append(Result(key: key, left: nil, right: value, timestamp: timestamp))
      } else {
        right.wait(value, key: key, at: timestamp, changes: &changes.right)
      }
    }
    return results
  }

  mutating func advance(to timestamp: Int64, changes: inout Changes) -> [Result] { pass(timestamp, &changes) }

  // MARK: Time

  /// So long a record can find a partner at all.
  private var retention: Int64 { settings.before.addingSaturated(settings.after).addingSaturated(settings.grace) }

  private func isTooLate(_ window: Window) -> Bool {
    !settings.holdsUnmatched || window.end < streamTime ?? .min
  }

  /// Moves stream time on, and takes out those that no partner can come for any more: the oldest first; of one time the
  /// right side's first; of one side by key, and of one key in the order in which they came.
  private mutating func pass(_ timestamp: Int64, _ changes: inout Changes) -> [Result] {
    // A record that is older than another moves nothing.
    guard timestamp >= streamTime ?? .min else { return [] }
    streamTime = timestamp
    let lefts = left.expire(
      after: settings.after.addingSaturated(settings.grace), at: timestamp, changes: &changes.left)
    let rights = right.expire(
      after: settings.before.addingSaturated(settings.grace), at: timestamp, changes: &changes.right)
    var results: [(time: Int64, side: Int, result: Result)] = []
    for held in rights {
      results.append(
        (held.timestamp, 0, Result(key: held.key, left: nil, right: held.value, timestamp: held.timestamp)))
    }
    for held in lefts {
      results.append(
        (held.timestamp, 1, Result(key: held.key, left: held.value, right: nil, timestamp: held.timestamp)))
    }
    // Each side is in order: a stable sort keeps what is equal as it is.
    return results.enumerated().sorted {
      ($0.element.time, $0.element.side, $0.offset) < ($1.element.time, $1.element.side, $1.offset)
    }.map(\.element.result)
  }
}

extension WindowedJoin: Equatable where Left: Equatable, Right: Equatable {}
extension WindowedJoin: Codable where Left: Codable, Right: Codable {}

/// From when to when the partners of a record may be, both included.
struct Window {
  let start: Int64
  let end: Int64

  init(_ timestamp: Int64, before: Int64, after: Int64) {
    start = timestamp.addingSaturated(-before)
    end = timestamp.addingSaturated(after)
  }
}
