/// What order knows of a product when somebody orders it.
enum ProductAnswer: Sendable, Equatable {
  case sells(ProductQuote)
  case refuses(OrderRefusal)
  /// Nobody says what it costs, and no other price counts. Who asks again may hear more.
  case silent(String)

  /// Why nothing can be ordered by it, where nobody will ask again.
  var refusal: OrderRefusal? {
    switch self {
    case .sells: nil
    case .refuses(let refusal): refusal
    case .silent(let reason): OrderRefusal(status: 503, reason: reason)
    }
  }
}

/// What an order comes to, and whose price that is.
struct ProductQuote: Sendable, Equatable {
  /// In won, for all its pieces.
  var amount: Int64
  /// ``ProductCheck/fromSearch`` and its like; nil: nobody was asked.
  var source: String?
}

extension ProductQuote {
  /// In an answer: an amount that the customer has not named is said, and whose it is.
  func mark(_ answer: inout Payload) {
    guard let source else { return }
    answer.amount = amount
    answer.priceSource = source
  }
}
