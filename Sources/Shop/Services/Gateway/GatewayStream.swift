internal import Simulation
internal import TraceModel

/// A stream that a gateway has open: an event for each step that an order takes; how it ends is told by the answer that
/// ends the stream. The order's service is asked on the client's behalf; the client asks once.
struct GatewayStream: Sendable {
  let process: ServiceProcess
  let client: RemoteClient
  let question: Request
  /// Takes an event, at the other end of the network.
  let send: @Sendable (Payload) -> Void

  private static let interval: Int64 = 500_000_000
  /// After two minutes the client has to open it anew.
  private static let limit: Int64 = 120_000_000_000

  /// Whether what is asked for is a stream.
  static func isOne(_ route: String) -> Bool { route.hasPrefix("GET /streams/") }

  /// - Returns: the last that was said, with which the stream ends.
  func run(in span: OpenSpan?) async -> RemoteClient.Outcome {
    let time = process.world.time
    let end = time.now + Self.limit
    var last: Payload?
    while true {
      let outcome = await client.call(question, in: span)
      guard case .success(let answer) = outcome.result, answer.status == 200 else { return outcome }
      // Who is to leave lets go of its streams: they are opened anew elsewhere.
      let isOver = time.now >= end || process.isLeaving || process.life.isOver
      if isOver || !SagaKind.isUnderWay(answer.body.state ?? "") { return outcome }
      if answer.body != last {
        last = answer.body
        push(answer.body)
      }
      await time.pause(for: Self.interval)
    }
  }

  private func push(_ event: Payload) {
    process.world.time.after(process.instance.transit()) { [send] in send(event) }
  }
}
