/// The places that were visited, as `[` and `]` go through them. A place gone to from the middle forgets what came after.
struct NavigationHistory: Sendable {
  /// More than anybody steps back through; older places are forgotten.
  static let limit = 100

  private(set) var places: [Destination] = [.overview]
  private(set) var index = 0

  var current: Destination { places[index] }

  /// Goes to a place; nothing is added when it is the current one.
  mutating func visit(_ place: Destination) {
    guard place != current else { return }
    places.removeSubrange((index + 1)...)
    places.append(place)
    if places.count > Self.limit { places.removeFirst() }
    index = places.count - 1
  }

  /// One place back; nil at the first.
  mutating func back() -> Destination? {
    guard index > 0 else { return nil }
    index -= 1
    return current
  }

  /// One place forward; nil at the last.
  mutating func forward() -> Destination? {
    guard index + 1 < places.count else { return nil }
    index += 1
    return current
  }
}
