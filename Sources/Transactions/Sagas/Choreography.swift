/// A saga without a coordinator, as its services would tell it: on which event who does what, and what is published then.
///
/// ```swift
/// try Choreography("checkout") {
///   begins("order", does: "create order", publishes: "ORDER_CREATE")
///   on("ORDER_CREATE", "inventory", does: "reserve stock", publishes: "ITEM_RESERVED", or: "ITEM_REJECTED")
///   on("ITEM_RESERVED", "payment", does: "charge", publishes: "PAYMENT_COMPLETE", or: "PAYMENT_FAILED")
///   on("PAYMENT_COMPLETE", "order", does: "mark paid", or: "ORDER_FAILED")
///   on("ITEM_REJECTED", "order", undoes: "create order")
///   on("PAYMENT_FAILED", "inventory", undoes: "reserve stock", publishes: "ITEM_RELEASED")
///   on("ITEM_RELEASED", "order", undoes: "create order")
///   on("ORDER_FAILED", "payment", undoes: "charge", publishes: "PAYMENT_REFUNDED")
///   on("PAYMENT_REFUNDED", "inventory", undoes: "reserve stock", publishes: "ITEM_RELEASED")
/// }
/// ```
/// It runs nothing. It is checked when it is built, so that a failure that nobody undoes is found on paper; and it tells
/// from a transaction's events how far the saga is (``inferred(from:)``).
public struct Choreography: Sendable, Hashable {
  public let name: String
  public let rules: [Rule]

  /// What one service does on one event.
  public struct Rule: Sendable, Hashable {
    public enum Work: Sendable, Hashable {
      case step(String)
      case undo(of: String)
    }

    /// Nil for what begins the saga.
    public let event: String?
    public let consumer: String
    public let work: Work
    /// Nil when nothing follows.
    public let success: String?
    /// Nil when it cannot fail.
    public let failure: String?

    /// The step that is done or undone.
    public var step: String {
      switch work {
      case .step(let step), .undo(let step): step
      }
    }

    var isStep: Bool {
      guard case .step = work else { return false }
      return true
    }

    var published: [String] { [success, failure].compactMap(\.self) }
  }

  /// - Throws: ``InvalidSagaDefinition`` with all that is wrong.
  public init(_ name: String, @ChoreographyBuilder _ rules: () -> [Rule]) throws(InvalidSagaDefinition) {
    self.name = name
    self.rules = rules()
    let reasons = ChoreographyCheck(rules: self.rules).reasons
    guard reasons.isEmpty else { throw InvalidSagaDefinition(saga: name, reasons: reasons) }
  }

  /// The steps, each before those that it leads to as far as the rules are written in that order.
  public var steps: [String] { rules.filter(\.isStep).map(\.step) }

  /// The events that belong to it.
  public func contains(event: String) -> Bool { rules.contains { $0.published.contains(event) } }
}

@resultBuilder
public enum ChoreographyBuilder {
  public static func buildBlock(_ rules: Choreography.Rule...) -> [Choreography.Rule] { rules }
}

/// The step with which a choreographed saga begins.
public func begins(_ consumer: String, does step: String, publishes success: String) -> Choreography.Rule {
  Choreography.Rule(event: nil, consumer: consumer, work: .step(step), success: success, failure: nil)
}

/// On an event a service does a step, and publishes one event when it is done, or another when it fails.
public func on(
  _ event: String, _ consumer: String, does step: String, publishes success: String? = nil, or failure: String? = nil
) -> Choreography.Rule {
  Choreography.Rule(event: event, consumer: consumer, work: .step(step), success: success, failure: failure)
}

/// On an event a service undoes a step of its own, if it was done.
public func on(
  _ event: String, _ consumer: String, undoes step: String, publishes success: String? = nil
) -> Choreography.Rule {
  Choreography.Rule(event: event, consumer: consumer, work: .undo(of: step), success: success, failure: nil)
}
