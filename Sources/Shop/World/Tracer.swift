internal import OrderedCollections
internal import Simulation
internal import TraceModel

/// The tracing agent of one instance. It lives beside the process, not in it: when the instance crashes it ends the
/// spans that are open, with an error that says so, and what the dead instance still wants to report goes nowhere.
final class Tracer: @unchecked Sendable {
  private let world: World
  private let service: String
  private let instance: String
  private let number: Int
  private let life: Life
  private var ids: RandomStream
  private var open = OrderedDictionary<UInt64, OpenSpan>()

  init(world: World, service: String, instance: String, number: Int, life: Life, lives: Int) {
    self.world = world
    self.service = service
    self.instance = instance
    self.number = number
    self.life = life
    ids = world.random("\(instance)/spans/\(lives)")
    life.whenOver { [unowned self] in self.closeAll() }
  }

  func makeID() -> SpanID {
    SpanID(ids.next()) ?? makeID()
  }

  /// Begins a span. It is reported when it ends.
  func start(
    _ operation: String, kind: SpanKind, gtxid: GTXID, parent: SpanID?, ltxid: LTXID?, id: SpanID? = nil,
    peer: String = ""
  ) -> OpenSpan {
    world.faults.noteSkew(of: service, instance: number)
    let span = OpenSpan(
      TraceSpan(
        gtxid: gtxid, id: id ?? makeID(), parent: parent, ltxid: ltxid, kind: kind, service: service,
        instance: instance, operation: operation, start: now, peer: peer), began: world.time.now, tracer: self)
    if !life.isOver {
      open[span.id.value] = span
      world.audit.began(span.id, of: gtxid, at: world.time.now)
    }
    return span
  }

  /// Reports a span that needs no opening.
  func report(_ span: TraceSpan) {
    guard !life.isOver else { return }
    world.report(span)
  }

  /// The span that a transaction is served in here, for what happens to it on the side.
  func openSpan(of gtxid: GTXID) -> OpenSpan? {
    open.values.first { $0.gtxid == gtxid && ($0.kind == .consumer || $0.kind == .server) }
  }

  /// What this instance's clock says.
  var now: Int64 { world.time.now + world.faults.skew(of: service, instance: number) }
  var serviceName: String { service }
  var instanceName: String { instance }

  fileprivate func end(_ span: OpenSpan) {
    guard open.removeValue(forKey: span.id.value) != nil else { return }
    world.report(span.finished(at: world.time.now))
  }

  private func closeAll() {
    let left = open
    open = [:]
    for span in left.values {
      span.fail("\(instance) crashed")
      world.report(span.finished(at: world.time.now))
    }
  }
}

/// A span that has not ended.
final class OpenSpan: @unchecked Sendable {
  private var span: TraceSpan
  /// In true time: what a span took is measured, and no clock that is set meanwhile changes it.
  private let began: Int64
  private let tracer: Tracer

  fileprivate init(_ span: TraceSpan, began: Int64, tracer: Tracer) {
    self.span = span
    self.began = began
    self.tracer = tracer
  }

  var id: SpanID { span.id }
  var gtxid: GTXID { span.gtxid }
  var kind: SpanKind { span.kind }
  /// True at the first hop of what was led to a topic, however its transaction is called: once it is accepted it does not
  /// end with the answer.
  var isMessage = false

  /// Whether the transaction that begins here goes on until somebody has read it.
  func goesOn(after status: Int) -> Bool { isMessage && status == 202 }

  func set(_ name: String, _ value: AttributeValue) {
    span.attributes.append(SpanAttribute(name, value))
  }

  /// As many as the SDKs of OpenTelemetry keep of one span; what is beyond is counted.
  private static let mostEvents = 128

  func event(_ name: String, _ attributes: [SpanAttribute] = []) {
    guard span.events.count < Self.mostEvents else {
      span.dropped.events += 1
      return
    }
    span.events.append(SpanEvent(time: tracer.now, name: name, attributes: attributes))
  }

  func fail(_ message: String) {
    span.status = .error
    if span.message.isEmpty { span.message = message }
  }

  func succeed() {
    if span.status == .unset { span.status = .ok }
  }

  func end() { tracer.end(self) }

  fileprivate func finished(at now: Int64) -> TraceSpan {
    var finished = span
    finished.duration = now - began
    return finished
  }
}
