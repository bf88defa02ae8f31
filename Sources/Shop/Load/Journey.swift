/// What a customer comes for.
public enum Journey: String, Sendable, CaseIterable {
  /// Looks at a product's page.
  case browse
  /// Looks at a product's page through a program that puts it together from what seven services say.
  case clientPage = "client-page"
  case search
  /// Asks for the prices of several products, as a partner's program does.
  case prices
  /// Puts something into the cart.
  case cart
  /// Orders one thing, and asks what became of it.
  case buy
  /// Orders one thing, and has the gateway tell what becomes of it, over a stream.
  case follow
  /// Orders one thing, and gives it back.
  case giveBack = "return"
  case review
  /// Has a program send a review as a message, and asks whether it is written.
  case message
  /// Looks at what was ordered so far.
  case history
  /// Has a card checked.
  case card
  /// Asks for the receipt of an order, some customer's.
  case receipt
  /// Signs up or logs in, uses the account, and logs out.
  case member
  /// One of the staff looks after a product's price.
  case backOffice = "back-office"
}

/// Which journeys customers go on, and how their orders are carried out: weights against each other.
public struct LoadMix: Sendable, Equatable {
  public var journeys: [(journey: Journey, weight: Double)]
  public var sagas: [(saga: SagaKind, weight: Double)]

  public init(journeys: [(journey: Journey, weight: Double)], sagas: [(saga: SagaKind, weight: Double)]) {
    self.journeys = journeys
    self.sagas = sagas
  }

  public static func == (left: LoadMix, right: LoadMix) -> Bool {
    (left.journeyWords, left.sagaWords) == (right.journeyWords, right.sagaWords)
  }

  /// Everybody buys, by choreography.
  public static let ordersOnly = LoadMix(journeys: [(.buy, 1)], sagas: [(.choreographed, 1)])

  /// A shop on an ordinary day.
  public static let ordinary = LoadMix(
    journeys: [
      (.buy, 46), (.browse, 23), (.search, 12), (.cart, 9), (.review, 4), (.history, 4), (.card, 3), (.receipt, 3),
      (.follow, 2), (.giveBack, 2), (.clientPage, 2), (.prices, 2), (.member, 2), (.backOffice, 1),
    ],
    sagas: [(.choreographed, 50), (.orchestrated, 15), (.join, 15), (.credit, 12), (.creditLarge, 8)])

  /// As options of the command line; none where it is the ordinary one.
  var options: [String] {
    let usual = Self.ordinary
    return (journeyWords == usual.journeyWords ? [] : ["--journeys \(journeyWords)"])
      + (sagaWords == usual.sagaWords ? [] : ["--sagas \(sagaWords)"])
  }

  /// The same where a seed would draw the one of them that is left out.
  var wholeOptions: [String] { options.isEmpty ? [] : ["--journeys \(journeyWords)", "--sagas \(sagaWords)"] }

  private var journeyWords: String { Self.words(journeys.map { ($0.journey.rawValue, $0.weight) }) }
  private var sagaWords: String { Self.words(sagas.map { ($0.saga.rawValue, $0.weight) }) }

  private static func words(_ weights: [(String, Double)]) -> String {
    weights.map { "\($0.0)=\($0.1 == $0.1.rounded() ? "\(Int($0.1))" : "\($0.1)")" }.joined(separator: ",")
  }

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
