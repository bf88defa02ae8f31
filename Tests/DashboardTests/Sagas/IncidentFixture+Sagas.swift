import Operations
import TraceModel

extension IncidentFixture {
  static let stuckSaga = id("77b0000000000000000000000000" + "9e02")
  static let compensatingSaga = id("02be000000000000000000000000" + "77d4")

  static func sagas() -> SagaBoard {
    var board = SagaBoard()
    board.definitions = [
      definition("choreographed", "choreographed checkout", (12, 3, 0), (12_304, 201, 388, 4)),
      definition("orchestrated", "orchestrated checkout", (4, 1, 1), (3_011, 0, 97, 0), isCoordinated: true),
      definition("join", "join", (2, 0, 0), (2_980, 12, 61, 0)),
      definition("credit", "credit, small", (0, 0, 0), (2_204, 88, 0, 0)),
      definition("credit-large", "credit, large", (1, 0, 0), (1_377, 40, 22, 0)),
    ]
    board.sagas = [stuck(), compensating(), joining(), committed()]
    board.stashed = 1
    return board
  }

  private static func definition(
    _ name: String, _ title: String, _ open: (Int, Int, Int), _ ended: (Int, Int, Int, Int), isCoordinated: Bool = false
  ) -> SagaDefinitionSnapshot {
    var definition = SagaDefinitionSnapshot(name: name, title: title, isCoordinated: isCoordinated)
    (definition.running, definition.compensating, definition.stuck) = open
    (definition.committed, definition.rejected, definition.compensated, definition.failed) = ended
    return definition
  }

  private static func stuck() -> SagaSnapshot {
    var saga = SagaSnapshot(
      gtxid: stuckSaga, definition: "orchestrated", state: .stuck, since: now - 252 * second, start: now - 330 * second)
    saga.reason = "the undo of reserve credit was not answered: sent 6 times"
    saga.waitsFor = "credit"
    saga.isInferred = false
    saga.strip = [
      SagaMark(.done, "order"), SagaMark(.done, "credit"), SagaMark(.done, "stock"), SagaMark(.failed, "charge"),
      SagaMark(.undone, "stock"), SagaMark(.undoFailed, "credit"),
    ]
    saga.locks = ["order/1204 at order"]
    saga.stash = 1
    return saga
  }

  private static func compensating() -> SagaSnapshot {
    var saga = SagaSnapshot(
      gtxid: compensatingSaga, definition: "choreographed", state: .compensating, since: now - 26 * second,
      start: now - 27 * second)
    saga.reason = "payment timed out"
    saga.waitsFor = "inventory on PAYMENT_FAILED"
    saga.isOverdue = true
    saga.strip = [
      SagaMark(.done, "order"), SagaMark(.done, "stock"), SagaMark(.failed, "charge"), SagaMark(.undoUnderWay, "stock"),
    ]
    return saga
  }

  private static func joining() -> SagaSnapshot {
    var saga = SagaSnapshot(
      gtxid: timeOut, definition: "join", state: .running, since: now - 2 * second, start: now - 2 * second)
    saga.waitsFor = "payment"
    saga.strip = [SagaMark(.done, "order"), SagaMark(.done, "stock"), SagaMark(.underWay, "charge")]
    return saga
  }

  private static func committed() -> SagaSnapshot {
    var saga = SagaSnapshot(
      gtxid: notPermitted, definition: "credit", state: .committed, since: now - second, start: now - 2 * second)
    saga.strip = [SagaMark(.done, "order"), SagaMark(.done, "credit"), SagaMark(.done, "approve")]
    return saga
  }

  static func sagaDetail() -> SagaDetail {
    let begin = now - 330 * second
    func moment(
      _ after: Double, _ kind: SagaMoment.Kind, _ step: String, _ text: String, hop: UInt32? = nil, isBad: Bool = false
    )
      -> SagaMoment
    {
      SagaMoment(
        time: begin + Int64(after * 1e9), kind: kind, step: step, text: text, hop: hop.flatMap { LTXID($0) },
        isBad: isBad)
    }
    return SagaDetail(
      gtxid: stuckSaga, definition: "orchestrated", isInferred: false,
      moments: [
        moment(0, .state, "", "RUNNING"), moment(0.001, .messageOut, "create order", "CreateOrder", hop: 2),
        moment(0.012, .messageIn, "create order", "ok", hop: 3),
        moment(0.013, .messageOut, "reserve credit", "ReserveCredit", hop: 4),
        moment(0.021, .messageIn, "reserve credit", "ok", hop: 5),
        moment(4.2, .messageIn, "charge", "refused: card declined", hop: 9, isBad: true),
        moment(4.2, .state, "", "COMPENSATING: charge: card declined"),
        moment(4.21, .messageOut, "reserve credit", "ReleaseCredit", hop: 11),
        moment(78, .timer, "reserve credit", "no reply to its undo, sent 6 times", isBad: true),
        moment(78, .state, "", "STUCK: the undo of reserve credit was not answered: sent 6 times", isBad: true),
      ])
  }
}
