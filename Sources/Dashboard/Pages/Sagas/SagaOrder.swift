import Operations
import TraceModel

/// In which order the sagas stand. New ones are taken in once a second: what somebody sees and chooses must not be another
/// one when the key arrives.
struct SagaOrder: Sendable {
  private var ids: [GTXID] = []
  /// What it was last made of: the moment on the screen's clock, the state's own time.
  private var taken: (at: Int64, time: Int64)?

  /// A new state has come.
  mutating func settle(_ context: PageContext) {
    let time = context.snapshot.time
    if let taken, !ids.isEmpty, !context.isFrozen, time >= taken.time,
      context.clock >= taken.at, context.clock - taken.at < Reaction<GTXID>.hold
    {
      self.taken?.time = time
      return
    }
    ids = context.snapshot.sagas.sagas.map(\.gtxid)
    taken = (context.clock, time)
  }

  /// The sagas of a state as they stand; those that it does not know any more are left out.
  func arranged(_ sagas: [SagaSnapshot]) -> [SagaSnapshot] {
    if sagas.lazy.map(\.gtxid).elementsEqual(ids) { return sagas }
    let known = Dictionary(sagas.map { ($0.gtxid, $0) }, uniquingKeysWith: { first, _ in first })
    return ids.compactMap { known[$0] }
  }
}
