internal import EventBus
internal import Operations
internal import Resilience
internal import Simulation
internal import TraceModel

/// What customers ask payment directly: whether a card is good, which only the company knows, and for a receipt, which
/// payment knows from the log. Both are answered by the same worker threads.
struct PaymentDesk: Sendable {
  static let check = "POST /cards/check"
  static let receipt = "GET /payments/{gtxid}"
  static let valid = "VALID"
  static let declined = "DECLINED"
  /// The company did not say: the card is checked again when it is charged.
  static let unchecked = "UNCHECKED"

  let process: ServiceProcess

  /// Nobody waits for a second attempt, and a customer goes on without the company's word.
  func check(_ request: Request, _ context: TraceContext) async throws -> Response {
    var question = Request("POST /check", body: request.body)
    question.user = request.user
    let outcome = await process.client(of: ShopPlan.company).call(
      question, in: process.tracer.openSpan(of: context.gtxid), retrying: false)
    try process.life.check()
    switch outcome.result {
    case .success(let response):
      return Response(200, body: Payload(state: response.status == 200 ? Self.valid : Self.declined))
    case .failure(let error):
      process.log(.warn, context, "card not checked: \(error)")
      return Response(200, body: Payload(state: Self.unchecked))
    }
  }

  /// What became of a transaction's charge.
  func receipt(_ request: Request, _ answers: PublishedAnswers) -> Response {
    do throws(BusError) {
      guard let id = GTXID(request.argument), let answer = try answers.answerToCharge(id) else {
        return .notFound("no answer to a charge of transaction \(request.argument) is known")
      }
      return Response(200, body: Payload(state: answer))
    } catch {
      return Response(503, body: Payload(reason: "the log with the answers cannot be read: \(error)"))
    }
  }
}
