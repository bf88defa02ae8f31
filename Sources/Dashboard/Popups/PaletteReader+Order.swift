import Operations
import Wording

extension PaletteReader {
  /// `sku-18 2 saga=join`, the words in any order.
  func order(_ text: String) throws(PaletteProblem) -> OrderWish {
    let desk = context.snapshot.orders
    guard let product = desk.products.first, let saga = desk.sagas.first else {
      throw PaletteProblem(sentence: "nothing can be ordered by hand here")
    }
    if let refusal = context.refusalOfDeeds { throw PaletteProblem(sentence: refusal) }
    var wish = OrderWish(sku: product.sku, quantity: 1, saga: saga)
    for word in text.split(separator: " ").map(String.init) {
      if word.hasPrefix("saga=") {
        wish.saga = try self.saga(String(word.dropFirst(5)), of: desk)
      } else if let quantity = Int(word) {
        guard OrderWish.quantities.contains(quantity) else {
          throw PaletteProblem(sentence: "an order is of 1 to 1000 pieces, not \(word)")
        }
        wish.quantity = quantity
      } else if word.allSatisfy(\.isNumber) {
        throw PaletteProblem(sentence: "an order is of 1 to 1000 pieces, not \(word)")
      } else if desk.products.contains(where: { $0.sku == word }) {
        wish.sku = word
      } else {
        throw PaletteProblem(sentence: "unknown product \(quoted(word)); \(advice(word, desk, saga))")
      }
    }
    return wish
  }

  private func saga(_ name: String, of desk: OrderDesk) throws(PaletteProblem) -> String {
    try known("saga", name, among: desk.sagas)
  }

  /// The kind of saga that a word may have been meant as, or which products there are: their numbers are all alike.
  private func advice(_ word: String, _ desk: OrderDesk, _ saga: String) -> String {
    if let near = NearestNames.nearest(to: word, among: desk.sagas).first { return "do you mean saga=\(near)?" }
    let (first, last) = (desk.products.first?.sku ?? "", desk.products.last?.sku ?? "")
    return "there are \(first) to \(last), and saga=\(saga) for example"
  }

  /// How the line can go on, after these words.
  func orderWords(_ before: [String]) -> [(word: String, explanation: String)] {
    let desk = context.snapshot.orders
    let hasSaga = before.contains { $0.hasPrefix("saga=") }
    let hasProduct = before.contains { word in desk.products.contains { $0.sku == word } }
    let titles = context.snapshot.sagas.definitions
    let sagas = desk.sagas.map { name in
      ("saga=\(name)", titles.first { $0.name == name }?.title ?? "how it is carried out")
    }
    return (hasProduct ? [] : desk.products.map { ($0.sku, $0.title) }) + (hasSaga ? [] : sagas)
  }
}
