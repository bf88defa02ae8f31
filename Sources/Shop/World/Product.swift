internal import Simulation

/// What the shop sells.
struct Product: Sendable {
  var sku: String
  var title: String
  var seller: String
  /// In won.
  var price: Int64
  /// To how many pieces a delivery fills it up.
  var level: Int64
  /// A delivery comes each time that many rounds of housekeeping have gone by.
  var restockRounds: Int64
  /// How often it is asked for, against the others.
  var demand: Int

  /// What can be bought with each product, at a part of its price.
  static let options: [(title: String, part: Int64)] = [("gift wrapped", 20), ("with five years' warranty", 10)]

  /// What the options of a product cost that has this price.
  static func options(at price: Int64) -> [(title: String, price: Int64)] {
    options.map { ($0.title, price / $0.part) }
  }

  var isScarce: Bool { level < 100 }

  /// Forty products; three of them are scarce.
  static let all: [Product] = (1...40).map { number in
    let scarce = number == 7 || number == 18 || number == 33
    return Product(
      sku: number < 10 ? "sku-0\(number)" : "sku-\(number)",
      title: "\(adjectives[number % adjectives.count]) \(nouns[number % nouns.count])",
      seller: sellers[number % sellers.count], price: Int64(5_000 + (number * 7_919) % 90 * 1_000),
      level: scarce ? 12 : 4_000, restockRounds: scarce ? 4 : 1, demand: scarce ? 4 : 1 + 60 / (number + 4))
  }

  private static let sellers = ["Hanok", "Namsan Supply", "Kite & Co", "Busan Works", "Old Mill"]
  private static let adjectives = ["oak", "linen", "steel", "blue", "small", "folding", "enamel", "wool", "travel"]
  static let nouns = ["table", "lamp", "kettle", "blanket", "chair", "mug", "backpack", "desk"]

  private static let demand = all.reduce(0) { $0 + $1.demand }

  /// One of them, as often as it is asked for.
  static func draw(_ random: inout RandomStream) -> Product {
    var place = random.below(demand)
    for product in all {
      if place < product.demand { return product }
      place -= product.demand
    }
    preconditionFailure("a place below the sum of all demands belongs to a product")
  }
}
