internal import Operations
internal import Transactions

/// How far a saga that nobody coordinates is: concluded from the state of its order and from the events it has published.
struct SagaInference {
  private(set) var strip: [SagaMark] = []
  /// Who has to act next; empty when nothing tells.
  private(set) var waitsFor = ""
  /// The event that begins it, until somebody has published that: nobody can act before.
  private(set) var unpublished = ""
  private let entry: SagaRegister.Entry

  /// A part of a saga whose parts are done independently.
  private struct Part {
    let label: String
    let service: String
    let done: String
    let failed: String
    /// What is published when it is undone; nil where nobody says so.
    let undone: String?
  }

  /// - Parameter isWatched: whether the entry holds all of its events.
  init(_ entry: SagaRegister.Entry, isWatched: Bool) {
    self.entry = entry
    switch entry.kind {
    case .choreographed: inferFromRules()
    case .join: inferFromParts(Self.join, verdict: EventType.confirmed, way: EventType.rollback, last: "confirm")
    case .credit: inferFromParts([Self.credit], verdict: nil, way: EventType.orderRejected, last: "approve")
    case .creditLarge:
      inferFromParts([Self.credit, Self.stock], verdict: nil, way: EventType.orderRejected, last: "approve")
    case .orchestrated: break
    }
    if isWatched, entry.state == .running, entry.events.isEmpty {
      unpublished = Self.first(entry.kind) ?? ""
    }
  }

  /// The event with which its order says that it is there.
  private static func first(_ kind: SagaKind) -> String? {
    switch kind {
    case .choreographed: EventType.orderCreated
    case .join: EventType.placed
    case .credit, .creditLarge: EventType.creditOrderCreated
    case .orchestrated: nil
    }
  }

  // MARK: The choreographed checkout

  private static let checkout: Choreography = {
    do throws(InvalidSagaDefinition) {
      return try Choreography("checkout") {
        begins(ShopPlan.order, does: "order", publishes: EventType.orderCreated)
        on(
          EventType.orderCreated, ShopPlan.inventory, does: "stock", publishes: EventType.itemReserved,
          or: EventType.itemRejected)
        on(
          EventType.itemReserved, ShopPlan.payment, does: "charge", publishes: EventType.paymentComplete,
          or: EventType.paymentFailed)
        on(EventType.paymentComplete, ShopPlan.order, does: "paid", or: EventType.orderFailed)
        on(EventType.itemRejected, ShopPlan.order, undoes: "order")
        on(EventType.paymentFailed, ShopPlan.inventory, undoes: "stock", publishes: EventType.itemReleased)
        on(EventType.itemReleased, ShopPlan.order, undoes: "order")
        on(EventType.orderFailed, ShopPlan.payment, undoes: "charge", publishes: EventType.paymentRefunded)
        on(EventType.paymentRefunded, ShopPlan.inventory, undoes: "stock", publishes: EventType.itemReleased)
      }
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  private mutating func inferFromRules() {
    // The order is there, even while its event waits in the outbox.
    let events = entry.events.contains(EventType.orderCreated) ? entry.events : [EventType.orderCreated] + entry.events
    // What the order has made of the last event, its own state says.
    let isOver = entry.state.hasEnded || entry.isReturned
    let inferred = Self.checkout.inferred(from: events, consumed: isOver ? nil : [])
    strip = inferred.strip.entries.map(SagaMark.init)
    // It goes back though nothing has said that the last step failed: nobody knows what that came to.
    if entry.state == .compensating, !isOver, let last = strip.last, last.kind == .underWay {
      strip[strip.count - 1].kind = .unknown
    }
    waitsFor = inferred.awaited.joined(separator: ", ")
  }

  // MARK: Parts that are done independently

  private static let join = [
    Part(
      label: "stock", service: ShopPlan.item, done: SagaRegister.answer(EventType.accepted, on: TopicName.stock),
      failed: SagaRegister.answer(EventType.rejected, on: TopicName.stock), undone: nil),
    Part(
      label: "charge", service: ShopPlan.payment, done: SagaRegister.answer(EventType.accepted, on: TopicName.payments),
      failed: SagaRegister.answer(EventType.rejected, on: TopicName.payments), undone: nil),
  ]
  private static let credit = Part(
    label: "credit", service: ShopPlan.customer, done: EventType.creditReserved, failed: EventType.creditLimitExceeded,
    undone: EventType.creditReleased)
  private static let stock = Part(
    label: "stock", service: ShopPlan.inventory, done: EventType.stockReserved, failed: EventType.outOfStock,
    undone: EventType.stockReleased)

  /// - Parameters:
  ///   - verdict: the event that says that all parts are kept; nil where the order's state alone says so.
  ///   - way: the event that says that they are not.
  ///   - last: what the order does at the end.
  private mutating func inferFromParts(_ parts: [Part], verdict: String?, way: String, last: String) {
    let events = entry.events
    let isBack = events.contains(way) || entry.state == .compensating
    strip = [SagaMark(.done, "order")]
    for part in parts { strip.append(SagaMark(mark(of: part, isBack: isBack), part.label)) }
    let missing = parts.filter { !events.contains($0.done) && !events.contains($0.failed) }
    if !entry.state.hasEnded { waitsFor = missing.map(\.service).joined(separator: ", ") }
    if entry.state == .committed { return strip.append(SagaMark(.done, last)) }
    if isBack || entry.state.hasEnded {
      undo(parts)
    } else if missing.isEmpty {
      let isOut = verdict.map(events.contains) ?? true
      strip.append(SagaMark(.underWay, last))
      waitsFor = isOut ? ShopPlan.order : "the join"
    }
  }

  private func mark(of part: Part, isBack: Bool) -> SagaMark.Kind {
    if entry.events.contains(part.done) { return .done }
    if entry.events.contains(part.failed) { return .failed }
    // It has not answered, and is not waited for any more.
    return isBack || entry.state.hasEnded ? .unknown : .underWay
  }

  private mutating func undo(_ parts: [Part]) {
    var waiting: [String] = []
    for part in parts.reversed() where entry.events.contains(part.done) {
      let isUndone = entry.state.hasEnded || part.undone.map(entry.events.contains) ?? false
      strip.append(SagaMark(isUndone ? .undone : .undoUnderWay, part.label))
      if !isUndone { waiting.append(part.service) }
    }
    strip.append(SagaMark(.undone, "order"))
    if !waiting.isEmpty { waitsFor = waiting.joined(separator: ", ") }
  }
}
