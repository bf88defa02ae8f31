internal import Operations

/// What is undone of an order that its customer gives back, after its saga was over.
struct SagaReturn {
  private(set) var strip: [SagaMark] = []
  /// Who has to act next; empty when all is undone.
  private(set) var waitsFor = ""

  private struct Step {
    let label: String
    let service: String
    /// What is published when it is undone.
    let undone: String
  }

  private static let charge = Step(label: "charge", service: ShopPlan.payment, undone: EventType.paymentRefunded)
  private static let stock = Step(label: "stock", service: ShopPlan.inventory, undone: EventType.itemReleased)
  private static let credit = Step(label: "credit", service: ShopPlan.customer, undone: EventType.creditReleased)

  /// Nil where nothing is given back.
  init?(_ entry: SagaRegister.Entry) {
    guard entry.isReturned else { return nil }
    let isDone = entry.state == .compensated
    for step in [Self.charge, Self.stock] + (entry.kind == .orchestrated ? [Self.credit] : []) {
      if isDone || entry.returnEvents.contains(step.undone) {
        strip.append(SagaMark(.undone, step.label))
        continue
      }
      strip.append(SagaMark(entry.state == .stuck ? .undoFailed : .undoUnderWay, step.label))
      waitsFor = step.service
      return
    }
    strip.append(SagaMark(isDone ? .undone : .undoUnderWay, "order"))
    if !isDone { waitsFor = ShopPlan.order }
  }
}
