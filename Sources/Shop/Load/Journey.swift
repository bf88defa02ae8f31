/// What a customer comes for.
public enum Journey: String, Sendable, CaseIterable {
  /// Looks at a product's page.
  case browse
  case search
  /// Puts something into the cart.
  case cart
  /// Orders one thing, and asks what became of it.
  case buy
  case review
}

/// Which journeys customers go on, and how their orders are carried out: weights against each other.
public struct LoadMix: Sendable {
  public var journeys: [(journey: Journey, weight: Double)]
  public var sagas: [(saga: SagaKind, weight: Double)]

  public init(journeys: [(journey: Journey, weight: Double)], sagas: [(saga: SagaKind, weight: Double)]) {
    self.journeys = journeys
    self.sagas = sagas
  }

  /// Everybody buys, by choreography.
  public static let ordersOnly = LoadMix(journeys: [(.buy, 1)], sagas: [(.choreographed, 1)])

  /// A shop on an ordinary day.
  public static let ordinary = LoadMix(
    journeys: [(.buy, 50), (.browse, 25), (.search, 12), (.cart, 9), (.review, 4)],
    sagas: [(.choreographed, 50), (.orchestrated, 15), (.join, 15), (.credit, 12), (.creditLarge, 8)])

  /// One of several, by `unit`, which is drawn evenly from 0 to 1.
  static func choose<Choice>(_ choices: [(Choice, Double)], at unit: Double) -> Choice? {
    var place = unit * choices.reduce(0) { $0 + $1.1 }
    for (choice, weight) in choices {
      if place < weight { return choice }
      place -= weight
    }
    return choices.last { $0.1 > 0 }?.0
  }
}
