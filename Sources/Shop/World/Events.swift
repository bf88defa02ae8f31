internal import Simulation
internal import TraceModel
internal import Transactions

extension Outbox.Entry {
  /// An event of the transaction that is being worked on: a crossing of its own, caused by the span of `context`.
  ///
  /// Its message id is `<GTXID>/<type>`: the same each time the step is done again.
  static func event(
    _ type: String, to topic: String, order: Int64, _ payload: Payload, context: TraceContext,
    process: ServiceProcess
  ) -> Outbox.Entry {
    Outbox.Entry(
      message: "\(context.gtxid.hex)/\(type)", topic: topic, key: "\(order)", type: type, payload: payload.json,
      gtxid: context.gtxid, ltxid: context.hops.nextCrossing(), span: process.tracer.makeID(), parent: context.span,
      created: process.instance.now)
  }
}
