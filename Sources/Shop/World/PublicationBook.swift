internal import Operations

/// Who writes to which topic, and how often in the last ten seconds. It stays on the simulation's thread.
final class PublicationBook {
  private struct Entry {
    let service: String
    let topic: String
    /// Records in each of the last seconds, by the second's number modulo the window.
    var counts = [Int](repeating: 0, count: PublicationBook.window)
    var newest: Int64
  }

  private static let window = 10
  /// In order of first appearance: there are few.
  private var entries: [Entry] = []

  /// A record of `service` was appended to `topic`.
  func note(by service: String, on topic: String, now: Int64) {
    let second = now / 1_000_000_000
    var place = entries.firstIndex { $0.service == service && $0.topic == topic }
    if place == nil {
      place = entries.count
      entries.append(Entry(service: service, topic: topic, newest: second))
    }
    guard let place else { return }
    advance(place, to: second)
    entries[place].counts[Int(second % Int64(Self.window))] += 1
  }

  /// The topics that a service has written to, by name.
  func publications(of service: String, now: Int64) -> [PublicationSnapshot] {
    let second = now / 1_000_000_000
    return entries.indices.filter { entries[$0].service == service }.map { place in
      advance(place, to: second)
      let count = entries[place].counts.reduce(0, +)
      return PublicationSnapshot(topic: entries[place].topic, rate: Double(count) / Double(Self.window))
    }.sorted { $0.topic < $1.topic }
  }

  /// Empties the seconds that went by without a record.
  private func advance(_ place: Int, to second: Int64) {
    let passed = second - entries[place].newest
    guard passed > 0 else { return }
    for step in 1...min(passed, Int64(Self.window)) {
      entries[place].counts[Int((entries[place].newest + step) % Int64(Self.window))] = 0
    }
    entries[place].newest = second
  }
}
