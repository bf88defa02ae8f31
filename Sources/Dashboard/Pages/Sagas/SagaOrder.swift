import Operations
import TraceModel

/// In which order the sagas stand: what was ordered by hand first, then as the system tells them. New ones are taken in
/// once a second: what somebody sees and chooses must not be another one when the key arrives. What was ordered by hand
/// is taken in at once, since somebody waits for it.
struct SagaOrder: Sendable {
  private var ids: [GTXID] = []
  /// Those that were ordered by hand, the newest first.
  private(set) var own: [GTXID] = []
  /// What it was last made of: the moment on the screen's clock, the state's own time.
  private var taken: (at: Int64, time: Int64)?

  /// So long after its end an order that was sent by hand stays in front.
  private static let ownStays: Int64 = 60_000_000_000

  /// A new state has come.
  mutating func settle(_ context: PageContext) {
    let time = context.snapshot.time
    let own = Self.own(context)
    if let taken, !ids.isEmpty, !context.isFrozen, own == self.own, time >= taken.time,
      context.clock >= taken.at, context.clock - taken.at < Reaction<GTXID>.hold
    {
      self.taken?.time = time
      return
    }
    self.own = own
    let others = context.snapshot.sagas.sagas.lazy.map(\.gtxid).filter { !own.contains($0) }
    ids = own + others
    taken = (context.clock, time)
  }

  private static func own(_ context: PageContext) -> [GTXID] {
    context.snapshot.orders.sent.compactMap(\.gtxid).filter { id in
      guard let saga = context.snapshot.sagas.saga(id) else { return false }
      return !saga.state.hasEnded || context.since(saga.since) < ownStays
    }
  }

  /// The sagas of a state as they stand; those that it does not know any more are left out.
  func arranged(_ sagas: [SagaSnapshot]) -> [SagaSnapshot] {
    if sagas.lazy.map(\.gtxid).elementsEqual(ids) { return sagas }
    let places = Dictionary(zip(sagas.map(\.gtxid), sagas.indices), uniquingKeysWith: { first, _ in first })
    return ids.compactMap { places[$0].map { sagas[$0] } }
  }
}
