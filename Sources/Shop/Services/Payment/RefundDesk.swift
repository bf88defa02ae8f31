internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// What somebody does about money that the company holds for an order that is not paid: an instance of payment has the
/// company give it back, in a transaction of its own. The company's statement says so, as of any refund, and so the books
/// agree when they are compared again.
struct RefundDesk {
  let world: World

  private static let label = "give back"

  /// From any thread: whether it can be done, as far as is known.
  static func outcome(of id: GTXID, _ snapshot: SystemSnapshot) -> CommandOutcome {
    guard let found = snapshot.data.reconciliation?.mismatches.first(where: { $0.gtxid == id }) else {
      return .refused("reconciliation lists nothing of transaction \(id.short)")
    }
    guard let amount = found.chargedForNothing else {
      return .refused("transaction \(id.short) cannot be settled by giving all of it back: \(found.remedy)")
    }
    guard snapshot.service(ShopPlan.payment)?.instancesUp ?? 0 > 0 else {
      return .refused("no instance of \(ShopPlan.payment) is up: start one, then give the money back")
    }
    return .done("\(PaymentService.won(amount)) of transaction \(id.short) are given back")
  }

  /// On the simulation's thread.
  func carryOut(_ id: GTXID) {
    let processes = world.service(ShopPlan.payment).instances.compactMap(\.process)
    guard let process = processes.first(where: { !$0.isLeaving }) ?? processes.first else {
      return tell(id, isDone: false, "no instance of \(ShopPlan.payment) is up")
    }
    do {
      let isKnown = try checkStillUnpaid(id)
      let (attempt, name) = (Attempt(), process.instance.name)
      process.life.whenOver {
        if !attempt.isOver { tell(id, isDone: false, "\(name) crashed") }
      }
      process.life.spawn { await self.giveBack(id, isKnown: isKnown, attempt, process) }
    } catch {
      tell(id, isDone: false, "\(error)")
    }
  }

  /// Whether it has come to an end before its instance did.
  private final class Attempt: @unchecked Sendable {
    var isOver = false
  }

  private func giveBack(_ id: GTXID, isKnown: Bool, _ attempt: Attempt, _ process: ServiceProcess) async {
    let job = BatchTransaction(Self.label, at: process)
    let charge = "the charge of transaction \(id.hex)"
    let unknown = isKnown ? "" : "; \(ShopPlan.order) has forgotten the order, or never had it"
    job.span.set(AttributeName.subject, .text(charge))
    do {
      let request = Request("POST /void", argument: PaymentService.key(id))
      let outcome = await TraceContext.$current.withValue(job.context) {
        await process.client(of: ShopPlan.company).call(request, in: job.span)
      }
      try process.life.check()
      _ = try outcome.result.get()
      process.log(.info, job.context, "given back by hand: \(charge)\(unknown)")
      job.succeed()
      attempt.isOver = true
      tell(id, isDone: true, "the company has confirmed it\(unknown)")
      _ = world.askFor(job: PaymentReconciliation.name)
    } catch {
      // That its instance is gone was told when that went.
      guard !process.life.isOver else { return }
      process.log(.error, job.context, "not given back by hand: \(error)")
      job.fail("\(error)")
      attempt.isOver = true
      tell(id, isDone: false, "\(error)")
    }
  }

  /// Reconciliation has looked some time ago. This looks as a screen does, from outside of all services, though not where
  /// order itself could not.
  /// - Returns: whether order has an order of the transaction.
  private func checkStillUnpaid(_ id: GTXID) throws -> Bool {
    guard !world.faults.isDatabaseDown(FaultSwitchboard.Moment(service: ShopPlan.order, instance: 0)),
      let disk = world.disk(of: ShopPlan.order)
    else { throw DatabaseUnavailable(description: "database \(ShopPlan.order) refuses the connection") }
    guard let order = try disk.database.read({ try OrderTables.order(gtxid: id.hex, $0) }) else { return false }
    if order.isGood { throw PaidMeanwhile(order: order.id, state: order.state) }
    // Once it is helped it goes on, and takes it for granted that it is paid.
    if let why = world.transactions.standstill(of: id) { throw MayBePaidYet(order: order.id, why: why) }
    return true
  }

  private func tell(_ id: GTXID, isDone: Bool, _ reason: String) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: isDone ? .info : .warning, subject: "charge of \(id.short)",
        change: isDone ? "given back by hand" : "not given back", reason: reason, gtxid: id))
  }
}

private struct MayBePaidYet: Error, CustomStringConvertible {
  var order: Int64
  var why: String
  var description: String { "order \(order) is stuck, and may be paid yet: \(why)" }
}

private struct PaidMeanwhile: Error, CustomStringConvertible {
  var order: Int64
  var state: String
  var description: String { "order \(order) is \(state) by now" }
}
