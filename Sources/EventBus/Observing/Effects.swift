/// What a change of the broker's state calls for once its locks are free: observers are told first, in order, then
/// waiters wake, in the order of their registration.
struct Effects {
  private var feeds: [any DeliverableFeed] = []
  private var tokens: [WaitToken] = []

  mutating func deliver(_ feed: any DeliverableFeed) {
    if !feeds.contains(where: { $0 === feed }) { feeds.append(feed) }
  }

  mutating func wake(_ token: WaitToken) {
    tokens.append(token)
  }

  func run() {
    for feed in feeds { feed.deliver() }
    for token in tokens { token.fire() }
  }
}
