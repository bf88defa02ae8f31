internal import TraceModel

/// Work that nobody asked for, which a service does from time to time: a transaction of its own, with one span.
struct BatchTransaction: Sendable {
  let span: OpenSpan
  let context: TraceContext

  init(_ label: String, at process: ServiceProcess) {
    let id = process.world.makeGTXID(at: process.instance)
    span = process.tracer.start(label, kind: .internal, gtxid: id, parent: nil, ltxid: .first)
    span.set(AttributeName.kind, .text(TransactionKind.batch))
    context = TraceContext(gtxid: id, ltxid: .first, span: span.id)
  }

  func succeed() {
    span.succeed()
    span.end()
  }

  func fail(_ reason: String) {
    span.fail(reason)
    span.end()
  }
}
