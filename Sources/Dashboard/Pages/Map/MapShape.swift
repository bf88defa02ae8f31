/// A thing that has a place on the map.
enum MapThing: Sendable, Hashable {
  case service(String)
  case topic(String)
  /// All services of a team that are folded into one.
  case team(String)
  /// Known by those who call it alone.
  case database(String)

  var name: String {
    switch self {
    case .service(let name), .topic(let name), .team(let name), .database(let name): name
    }
  }

  var isTopic: Bool {
    if case .topic = self { true } else { false }
  }

  var isDatabase: Bool {
    if case .database = self { true } else { false }
  }

  /// By name, and services before topics of the same name.
  static func isOrdered(_ one: MapThing, _ other: MapThing) -> Bool {
    (one.name, one.rank) < (other.name, other.rank)
  }

  var rank: Int {
    switch self {
    case .service: 0
    case .topic: 1
    case .team: 2
    case .database: 3
    }
  }
}

/// What flows from one thing to the next.
enum MapFlow: Int, Sendable, Hashable {
  case call, publication, consumption
  /// From who writes to who reads, where nobody tells the topic.
  case message

  var isEvent: Bool { self != .call }
}

/// Which things there are and which arrows, without any figure: as long as it is the same, the map stays as it is.
struct MapShape: Sendable, Hashable {
  struct Arrow: Sendable, Hashable {
    var from: Int
    var to: Int
    var flow: MapFlow
  }

  var things: [MapThing] = []
  var arrows: [Arrow] = []
}
