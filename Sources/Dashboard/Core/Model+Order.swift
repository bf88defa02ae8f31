import Operations

extension Model {
  /// Sends an order in, under a ticket of its own.
  mutating func send(_ wish: OrderWish) -> [Effect] {
    var wish = wish
    lastTicket = max(lastTicket, live.orders.sent.map(\.ticket).max() ?? 0)
    // Whoever sends so many is served all the same.
    lastTicket = lastTicket == .max ? 1 : lastTicket + 1
    wish.ticket = lastTicket
    awaitsOrder = true
    return perform([.effect(.perform(.sendOrder(wish)))])
  }

  /// Opens the call tree of the order that was sent last, as soon as the gateway has begun its transaction.
  mutating func openSentOrder() -> [Effect] {
    guard awaitsOrder, let sent = live.orders.sent.first(where: { $0.ticket == lastTicket }) else { return [] }
    if let id = sent.gtxid {
      awaitsOrder = false
      return perform([.open(.transaction(id, span: nil))])
    }
    guard !sent.problem.isEmpty else { return [] }
    awaitsOrder = false
    return saying("the order was not taken in: \(sent.problem)", isProblem: true)
  }
}
