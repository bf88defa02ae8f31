import Operations
import TestSupport
import TraceModel

extension RandomSnapshot {
  mutating func sagas() -> SagaBoard {
    var board = SagaBoard()
    board.definitions = list { random in
      var definition = SagaDefinitionSnapshot(name: random.name(), title: random.name(), isCoordinated: random.flag())
      (definition.running, definition.stuck) = (Int(random.count()), Int(random.count()))
      (definition.committed, definition.compensating) = (Int(random.count()), Int(random.count()))
      return definition
    }
    board.sagas = list { random in
      var saga = SagaSnapshot(
        gtxid: random.id(), definition: board.definitions.last?.name ?? random.name(),
        state: random.numbers.pick(TransactionState.allCases), since: random.time(), start: random.time())
      (saga.reason, saga.waitsFor) = (random.name(), random.name())
      saga.strip = random.list { SagaMark($0.numbers.pick(SagaMark.Kind.allCases), $0.name()) }
      (saga.isInferred, saga.isOverdue) = (random.flag(), random.flag())
      saga.locks = random.list { $0.name() }
      saga.stash = Int(random.count())
      return saga
    }
    board.stashed = Int(count())
    return board
  }

  mutating func saga(_ id: GTXID) -> SagaDetail? {
    guard numbers.pick([true, true, false]) else { return nil }
    return SagaDetail(
      gtxid: id, definition: name(), isInferred: flag(),
      moments: list { random in
        SagaMoment(
          time: random.time(), kind: random.numbers.pick(SagaMoment.Kind.allCases), step: random.name(),
          text: random.name(), hop: random.some(.first), service: random.name(), span: random.flag() ? SpanID(1) : nil,
          isBad: random.flag())
      })
  }
}
