internal import OrderedCollections
internal import Transactions

/// Compares what was committed with what was published: every event of a committed state is published, none without
/// one, and those of one key for the first time in the order of their commits.
final class EventLedger: @unchecked Sendable {
  private struct Place: Hashable {
    /// Only the commits of one database have an order.
    var service: String
    var topic: String
    var key: String
  }

  /// Committed, and not published yet, in the order of commits.
  private var waiting = OrderedDictionary<Place, [String]>()
  /// When each was published first.
  private var published = OrderedDictionary<String, Int64>()
  private(set) var problems: [String] = []
  private static let problemsKept = 20

  /// How many events are remembered.
  var count: Int { published.count + waiting.count }

  func committed(_ events: [Outbox.Mark], by service: String) {
    for event in events {
      waiting[Place(service: service, topic: event.topic, key: event.key), default: []].append(event.message)
    }
  }

  func published(_ event: Outbox.Entry, by service: String, at time: Int64) {
    guard published[event.message] == nil else { return }  // again, under the same id
    published[event.message] = time
    let place = Place(service: service, topic: event.topic, key: event.key)
    guard let index = waiting[place]?.firstIndex(of: event.message) else {
      return add("event \(event.message) was published, and never committed")
    }
    if index > 0 { add("event \(event.message) was published before \(waiting[place]?[0] ?? "")") }
    waiting[place]?.remove(at: index)
    if waiting[place]?.isEmpty == true { waiting[place] = nil }
  }

  /// What was never published; for the end of a run.
  var lost: [String] {
    waiting.values.flatMap(\.self).prefix(Self.problemsKept).map { "event \($0) was committed, and never published" }
  }

  /// Forgets what was published before `time`: no relay publishes it again.
  func prune(before time: Int64) {
    guard let oldest = published.values.first, oldest < time - 60_000_000_000 else { return }
    published.removeFirst(published.values.firstIndex { $0 >= time } ?? published.count)
  }

  private func add(_ problem: String) {
    if problems.count < Self.problemsKept { problems.append(problem) }
  }
}
