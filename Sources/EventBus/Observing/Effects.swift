/// What a change of the broker's state calls for once its locks are free: observers are told first, in order, then
/// waiters wake, in the order of their registration.
struct Effects {
  /// The kinds of feed there are: cases and no protocol, so that each one's delivery is compiled for its own events.
  private enum Feed {
    case records(ObserverFeed<AppendedRecords>)
    case groups(ObserverFeed<GroupEvent>)

    func isSame(as other: Feed) -> Bool {
      switch (self, other) {
      case (.records(let left), .records(let right)): left === right
      case (.groups(let left), .groups(let right)): left === right
      case (.records, .groups), (.groups, .records): false
      }
    }
  }

  private var feeds: [Feed] = []
  private var tokens: [WaitToken] = []

  mutating func deliver(_ feed: ObserverFeed<AppendedRecords>) { add(.records(feed)) }

  mutating func deliver(_ feed: ObserverFeed<GroupEvent>) { add(.groups(feed)) }

  private mutating func add(_ feed: Feed) {
    if !feeds.contains(where: feed.isSame) { feeds.append(feed) }
  }

  mutating func wake(_ token: WaitToken) {
    tokens.append(token)
  }

  func run() {
    for feed in feeds {
      switch feed {
      case .records(let records): records.deliver()
      case .groups(let groups): groups.deliver()
      }
    }
    for token in tokens { token.fire() }
  }
}
