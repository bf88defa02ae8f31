internal import Transactions

/// The orchestrated checkout. What is not certain comes first and can be undone; the charge decides; after it there is
/// only forward.
enum CheckoutSaga {
  static let orchestrator: SagaOrchestrator<CheckoutData> = {
    do throws(InvalidSagaDefinition) {
      return SagaOrchestrator(try definition())
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Longer than any service takes that is up.
  private static let patience = Duration.seconds(20)

  private static func definition() throws(InvalidSagaDefinition) -> SagaDefinition<CheckoutData> {
    try SagaDefinition("checkout") {
      step(
        "create order", do: .command(CommandName.createOrder, to: ShopPlan.order),
        undo: .command(CommandName.cancelOrder, to: ShopPlan.order)
      )
      .onReply { checkout, reply in
        guard let created = Payload(json: reply.body) else { return }
        checkout.order.order = created.order ?? checkout.order.order
        // What is reserved and charged is what order has found it to cost.
        checkout.order.amount = created.amount ?? checkout.order.amount
      }
      .shown(as: "order")
      parallel {
        step(
          "reserve credit", do: .command(CommandName.reserveCredit, to: ShopPlan.customer),
          undo: .command(CommandName.releaseCredit, to: ShopPlan.customer)
        ).timeout(patience).shown(as: "credit")
        step(
          "reserve stock", do: .command(CommandName.reserveStock, to: ShopPlan.inventory),
          undo: .command(CommandName.releaseStock, to: ShopPlan.inventory)
        ).timeout(patience).shown(as: "stock")
      }
      // It never ends without an answer: payment voids what it does not know until the company has answered.
      step("charge", do: .command(CommandName.charge, to: ShopPlan.payment)).pivot()
      step("ship", do: .command(CommandName.ship, to: ShopPlan.shipping)).retriable()
        .onReply { checkout, reply in checkout.order.shipped = Payload(json: reply.body)?.shipped }
      step("approve order", do: .command(CommandName.approveOrder, to: ShopPlan.order)).retriable()
        .shown(as: "approve")
    }
  }
}

/// What a checkout knows: the order, its number once it has one.
struct CheckoutData: SagaData {
  var order: Payload

  init(order: Payload) {
    self.order = order
  }

  init?(json: [UInt8]) {
    guard let order = Payload(json: json) else { return nil }
    self.order = order
  }

  var json: [UInt8] { order.json }
}
