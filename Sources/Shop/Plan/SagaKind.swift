internal import Operations

/// The ways in which an order can be carried out.
public enum SagaKind: String, Sendable, CaseIterable {
  /// Each service acts on the events of the one before; nobody coordinates.
  case choreographed
  /// A coordinator sends commands, and the compensations.
  case orchestrated
  /// Item and payment work on the order independently, and order joins their answers.
  case join
  /// Customer reserves credit; nothing is charged.
  case credit
  /// Customer reserves credit and inventory stock, at the same time.
  case creditLarge = "credit-large"

  /// The state of a new order.
  var first: String {
    switch self {
    case .choreographed, .orchestrated: OrderTables.pending
    case .join: OrderTables.placed
    case .credit, .creditLarge: OrderTables.new
    }
  }

  /// The state of an order that went through.
  var good: String {
    switch self {
    case .choreographed: OrderTables.paid
    case .orchestrated: OrderTables.approved
    case .join: OrderTables.confirmed
    case .credit, .creditLarge: OrderTables.open
    }
  }

  /// Whether an order in that state went through: one that is shipped was approved before.
  func isGood(_ state: String) -> Bool { state == good || self == .orchestrated && state == OrderTables.shipped }

  /// The last state of an order that went through. Only where it is the sum of its events does its life go on after it
  /// was approved.
  func end(in store: OrderStore) -> String {
    self == .orchestrated && store == .events ? OrderTables.shipped : good
  }

  /// Who works on a new order first.
  var firstStep: String {
    switch self {
    case .choreographed: ShopPlan.inventory
    case .orchestrated: ShopPlan.orchestrator
    case .join: "\(ShopPlan.item), \(ShopPlan.payment)"
    case .credit, .creditLarge: ShopPlan.customer
    }
  }

  /// Whether an order in that state is not decided yet.
  static func isFirst(_ state: String) -> Bool { allCases.contains { $0.first == state } }

  /// Whether whoever is told that state of an order has to ask again: it is not decided, or stands still until somebody acts.
  static func isUnderWay(_ state: String) -> Bool { isFirst(state) || state == TransactionState.stuck.rawValue }

  /// Whether a customer can give back what was ordered so.
  var canBeReturned: Bool { self == .choreographed || self == .orchestrated }

  /// What an order that went through holds.
  var holdsStock: Bool { self == .choreographed || self == .orchestrated || self == .creditLarge }
  var holdsItems: Bool { self == .join }
  var holdsMoney: Bool { self == .choreographed || self == .orchestrated || self == .join }
  var holdsCredit: Bool { self == .orchestrated || self == .credit || self == .creditLarge }
}
