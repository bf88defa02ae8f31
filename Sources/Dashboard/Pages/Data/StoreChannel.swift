import Operations

extension StoreSnapshot.Channel {
  /// Of the list of what waits to be published.
  var title: String {
    switch self {
    case .outbox: "outbox, the oldest first"
    case .log: "in the log, not published yet"
    case .events: "stored, not published yet"
    }
  }

  /// What stands before the number of what waits to be published.
  var words: String {
    switch self {
    case .outbox: "outbox"
    case .log: "mined from its log, behind"
    case .events: "published from its events, behind"
    }
  }
}
