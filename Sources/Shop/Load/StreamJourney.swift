internal import Simulation
internal import TraceModel

/// Following an order over a stream, in place of asking for it again and again.
extension Customers {
  static let stream = "GET /streams/transactions/{gtxid}"
  private static let mostStreams = 5
  /// Longer than a gateway keeps a stream open.
  private static let streamPatience: Int64 = 180_000_000_000

  func follow(_ request: Request) async {
    guard let gtxid = await place(request) else { return }
    for _ in 0..<Self.mostStreams {
      if await watch(gtxid, for: request) { return }
      guard await waits(1_000_000_000) else { return }
    }
  }

  /// Opens a stream, and sees what comes.
  /// - Returns: whether the order was over when the stream ended.
  private func watch(_ gtxid: GTXID, for order: Request) async -> Bool {
    guard let token = await accounts.token(of: order.user) else { return false }
    var question = Request(Self.stream, argument: gtxid.hex, user: order.user)
    question.headers = order.headers.filter { $0.name == Self.keyHeader } + [Accounts.header(token)]
    question.events = { [self] event in see(event, of: gtxid) }
    let reply = Reply<Response>()
    let timer = world.time.after(Self.streamPatience) { reply.resolve(.failure(TimedOut())) }
    defer { timer.cancel() }
    let answer = try? await world.network.call(
      world.service(ShopPlan.gateway).next(), question, caller: "", reply: reply)
    guard let answer, answer.status == 200, let state = answer.body.state else {
      world.transactions.customerSaw(gtxid, "no answer")
      return false
    }
    see(answer.body, of: gtxid)
    return !SagaKind.isUnderWay(state)
  }

  private func see(_ event: Payload, of gtxid: GTXID) {
    if let words = Self.words(for: event) { world.transactions.customerSaw(gtxid, words) }
  }
}
