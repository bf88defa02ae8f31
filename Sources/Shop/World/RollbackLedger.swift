internal import Operations
internal import OrderedCollections
internal import TraceModel

/// Rollbacks of the join saga: each is decided by order and carried out by one side, in whichever order the two read it.
/// A transaction that is rolled back ends when all of its rollbacks are carried out.
final class RollbackLedger: @unchecked Sendable {
  private struct Rollback {
    var id: GTXID
    var reason = ""
    var isDecided = false
    var isCarriedOut = false
  }

  private unowned let world: World
  /// By the verdict's message id; those that both have read are gone.
  private var open = OrderedDictionary<String, Rollback>()

  init(world: World) {
    self.world = world
  }

  /// Decided, and not carried out yet.
  var backlog: Int { open.values.reduce(0) { $0 + ($1.isDecided ? 1 : 0) } }

  func decided(_ delivery: Delivery, step: String, reason: String) {
    note(delivery) { rollback in
      rollback.isDecided = true
      rollback.reason = reason
    }
    guard open[delivery.message] != nil else { return }
    world.transactions.compensating(
      delivery.context.gtxid, order: OrderTables.rolledBack, step: step, reason: reason)
  }

  func carriedOut(_ delivery: Delivery) {
    note(delivery) { $0.isCarriedOut = true }
  }

  private func note(_ delivery: Delivery, _ change: (inout Rollback) -> Void) {
    var rollback = open[delivery.message] ?? Rollback(id: delivery.context.gtxid)
    change(&rollback)
    guard rollback.isDecided, rollback.isCarriedOut else {
      open[delivery.message] = rollback
      return
    }
    open.removeValue(forKey: delivery.message)
    if open.values.contains(where: { $0.id == rollback.id && $0.isDecided }) { return }
    world.transactions.ended(
      rollback.id, .compensated, order: OrderTables.rolledBack, reason: rollback.reason)
  }
}
