internal import Simulation
internal import TraceModel

/// Ordering one thing, and giving it back.
extension Customers {
  /// So long somebody looks at what has come.
  private static let look: Int64 = 2_000_000_000
  /// So fast others think better of it: while all is well an orchestrated saga is over by then.
  private static let change: Int64 = 400_000_000

  func giveBack(_ order: Request) async {
    let saga = order.body.saga ?? .choreographed
    guard let gtxid = await place(order) else { return }
    // Who has ordered one piece thinks better of it at once; if nobody coordinates its order, and that is not through yet,
    // it has to come again.
    var isTaken = false
    if order.body.quantity == 1 {
      try? await world.time.sleep(for: Self.change)
      isTaken = await wantsBack(gtxid, order)
    }
    guard let state = await outcome(of: gtxid, for: order), saga.isGood(state) else { return }
    try? await world.time.sleep(for: Self.look)
    if !isTaken { isTaken = await wantsBack(gtxid, order) }
    if isTaken { _ = await outcome(of: gtxid, for: order) }
  }

  private func wantsBack(_ gtxid: GTXID, _ order: Request) async -> Bool {
    var wish = Request(OrderReturn.route, argument: gtxid.hex, user: order.user)
    wish.headers = order.headers.filter { $0.name == Self.keyHeader }
    return (try? await ask(wish))?.status == 202
  }
}
