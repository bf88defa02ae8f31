internal import Simulation
internal import TraceModel

/// What somebody's program does that sends a message, and asks what became of it.
extension Customers {
  func sendMessage(_ request: Request) async {
    guard let answer = try? await ask(request), answer.status == 202,
      let gtxid = answer.headers.first(where: { $0.name == Carrier.gtxid }).flatMap({ GTXID($0.value) })
    else { return }
    for pause in Self.patience {
      guard await waits(pause) else { return }
      var question = Request("GET /messages/reviews/{gtxid}", argument: gtxid.hex, user: request.user)
      question.headers = request.headers.filter { $0.name == Self.keyHeader }
      let said = try? await ask(question)
      let state = said?.status == 200 ? said?.body.state : nil
      world.transactions.customerSaw(gtxid, state?.lowercased() ?? "not yet written")
      if state != nil { return }
    }
  }
}
