internal import Simulation
internal import TraceModel

/// Another instance has been given the record: it goes on where this one stops.
struct RecordMoved: Error {}

/// Charges of one instance that may have been taken, and are being taken back. The same record may come once more
/// meanwhile, published or delivered again: then all of them wait for one end.
final class UnresolvedCharges: @unchecked Sendable {
  private struct Charge {
    /// Who reads the record. When the partition has come back, that is another, and what the former one waits for is over.
    var worker: PartitionWorker
    var replies: [Reply<Void>]
  }

  private var charges: [GTXID: Charge] = [:]

  /// A reply that comes when the first one's does; nil when the transaction's charge is not being taken back.
  func join(_ delivery: Delivery) -> Reply<Void>? {
    guard let charge = charges[delivery.context.gtxid], charge.worker === delivery.worker else { return nil }
    let reply = Reply<Void>()
    charges[delivery.context.gtxid]?.replies.append(reply)
    return reply
  }

  func open(_ delivery: Delivery) -> Reply<Void> {
    let reply = Reply<Void>()
    charges[delivery.context.gtxid] = Charge(worker: delivery.worker, replies: [reply])
    return reply
  }

  func close(_ delivery: Delivery, _ result: Result<Void, any Error>) {
    guard let charge = charges[delivery.context.gtxid], charge.worker === delivery.worker else { return }
    charges[delivery.context.gtxid] = nil
    for reply in charge.replies { reply.resolve(result) }
  }
}
