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
    guard let amount = held(found) else {
      return .refused("transaction \(id.short) cannot be settled by giving all of it back: \(found.remedy)")
    }
    guard snapshot.service(ShopPlan.payment)?.instancesUp ?? 0 > 0 else {
      return .refused("no instance of \(ShopPlan.payment) is up: start one, then give the money back")
    }
    return .done("\(PaymentService.won(amount)) of transaction \(id.short) are given back")
  }

  /// What is held though nothing is paid; nil where something is.
  private static func held(_ mismatch: MismatchSnapshot) -> Int64? {
    guard let paid = mismatch.sides.first(where: { $0.service == ShopPlan.order }),
      let charged = mismatch.sides.first(where: { $0.service == ShopPlan.company }), paid.amount == 0,
      charged.amount > 0
    else { return nil }
    return charged.amount
  }

  /// On the simulation's thread.
  func carryOut(_ id: GTXID) {
    let processes = world.service(ShopPlan.payment).instances.compactMap(\.process)
    guard let process = processes.first(where: { !$0.isLeaving }) ?? processes.first else {
      return tell(id, isDone: false, "no instance of \(ShopPlan.payment) is up")
    }
    process.life.spawn { await self.giveBack(id, process) }
  }

  private func giveBack(_ id: GTXID, _ process: ServiceProcess) async {
    let job = BatchTransaction(Self.label, at: process)
    job.span.set(AttributeName.subject, .text("the charge of transaction \(id.hex)"))
    do {
      try checkStillUnpaid(id)
      let request = Request("POST /void", argument: PaymentService.key(id))
      let outcome = await TraceContext.$current.withValue(job.context) {
        await process.client(of: ShopPlan.company).call(request, in: job.span)
      }
      try process.life.check()
      _ = try outcome.result.get()
      process.log(.info, job.context, "given back by hand: the charge of transaction \(id.hex)")
      job.succeed()
      tell(id, isDone: true, "the company has confirmed it")
      _ = world.askFor(job: PaymentReconciliation.name)
    } catch {
      guard !process.life.isOver else { return tell(id, isDone: false, "\(process.instance.name) crashed") }
      process.log(.error, job.context, "not given back by hand: \(error)")
      job.fail("\(error)")
      tell(id, isDone: false, "\(error)")
    }
  }

  /// Reconciliation has looked some time ago.
  private func checkStillUnpaid(_ id: GTXID) throws {
    let order = try world.disk(of: ShopPlan.order)?.database.read { try OrderTables.order(gtxid: id.hex, $0) }
    guard let order = order.flatMap(\.self), order.isGood else { return }
    throw PaidMeanwhile(order: order.id, state: order.state)
  }

  private func tell(_ id: GTXID, isDone: Bool, _ reason: String) {
    world.tell(
      OperationalEvent(
        time: world.time.now, kind: .command, severity: isDone ? .info : .warning, subject: "charge of \(id.short)",
        change: isDone ? "given back by hand" : "not given back", reason: reason, gtxid: id))
  }
}

private struct PaidMeanwhile: Error, CustomStringConvertible {
  var order: Int64
  var state: String
  var description: String { "order \(order) is \(state) by now" }
}
