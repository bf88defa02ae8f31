public import TraceModel

/// Where somebody can order by hand: what there is, and what became of the latest.
public struct OrderDesk: Sendable, Codable {
  public struct Product: Sendable, Equatable, Codable {
    public var sku: String
    public var title: String

    public init(sku: String, title: String) {
      self.sku = sku
      self.title = title
    }
  }

  /// Empty where nothing can be ordered by hand.
  public var products: [Product] = []
  /// The ways in which an order can be carried out; the first is the usual one.
  public var sagas: [String] = []
  /// The newest first, a bounded number.
  public var sent: [SentOrder] = []

  public init() {}
}

/// An order that somebody sends by hand.
public struct OrderWish: Sendable, Equatable, Codable {
  /// By which whoever sends it knows it again: its transaction's id is made by the gateway.
  public var ticket: Int
  public var sku: String
  public var quantity: Int
  public var saga: String

  public init(ticket: Int = 0, sku: String, quantity: Int, saga: String) {
    self.ticket = ticket
    self.sku = sku
    self.quantity = quantity
    self.saga = saga
  }

  /// So many pieces can be ordered at once.
  public static let quantities = 1...1_000
}

/// What became of an order that was sent by hand.
public struct SentOrder: Sendable, Equatable, Codable {
  public var ticket: Int
  /// Nil before the gateway has taken it in.
  public var gtxid: GTXID?
  /// Why it was never taken in; empty otherwise.
  public var problem: String

  public init(ticket: Int, gtxid: GTXID? = nil, problem: String = "") {
    self.ticket = ticket
    self.gtxid = gtxid
    self.problem = problem
  }
}
