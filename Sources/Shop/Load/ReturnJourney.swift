internal import Simulation
internal import TraceModel

/// Ordering one thing, and giving it back.
extension Customers {
  /// So long somebody looks at what has come.
  private static let look: Int64 = 2_000_000_000

  func giveBack(_ order: Request) async {
    let saga = order.body.saga ?? .choreographed
    guard let gtxid = await place(order), let state = await outcome(of: gtxid, for: order), saga.isGood(state) else {
      return
    }
    try? await world.time.sleep(for: Self.look)
    var wish = Request(OrderReturn.route, argument: gtxid.hex, user: order.user)
    wish.headers = order.headers.filter { $0.name == Self.keyHeader }
    guard let answer = try? await ask(wish), answer.status == 202 else { return }
    _ = await outcome(of: gtxid, for: order)
  }
}
