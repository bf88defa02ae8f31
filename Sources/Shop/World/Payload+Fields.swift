/// The fields that calls and events of the shop have, each under one name everywhere.
extension Payload {
  var order: Int64? {
    get { number("order") }
    set { self["order"] = newValue.map(Value.number) }
  }
  var user: String? {
    get { text("user") }
    set { self["user"] = newValue.map(Value.text) }
  }
  var sku: String? {
    get { text("sku") }
    set { self["sku"] = newValue.map(Value.text) }
  }
  var quantity: Int64? {
    get { number("quantity") }
    set { self["quantity"] = newValue.map(Value.number) }
  }
  /// How good a customer somebody is.
  var segment: String? {
    get { text("segment") }
    set { self["segment"] = newValue.map(Value.text) }
  }
  /// What is known of the customer whose orders are told.
  var customer: Payload? {
    get { object("customer") }
    set { self["customer"] = newValue.map(Value.object) }
  }
  /// In won.
  var amount: Int64? {
    get { number("amount") }
    set { self["amount"] = newValue.map(Value.number) }
  }
  var reason: String? {
    get { text("reason") }
    set { self["reason"] = newValue.map(Value.text) }
  }
  var state: String? {
    get { text("state") }
    set { self["state"] = newValue.map(Value.text) }
  }
  var step: String? {
    get { text("step") }
    set { self["step"] = newValue.map(Value.text) }
  }
  /// How the order is carried out; nil: by choreography.
  var saga: SagaKind? {
    get { text("saga").flatMap(SagaKind.init) }
    set { self["saga"] = newValue.map { .text($0.rawValue) } }
  }
  /// When goods were sent, in nanoseconds since the Unix epoch.
  var shipped: Int64? {
    get { number("shipped") }
    set { self["shipped"] = newValue.map(Value.number) }
  }
  /// How new what is said is: a larger one is newer.
  var position: Int64? {
    get { number("position") }
    set { self["position"] = newValue.map(Value.number) }
  }
  /// Whose price an amount comes from, where the shop and not the customer has named it.
  var priceSource: String? {
    get { text("priceSource") }
    set { self["priceSource"] = newValue.map(Value.text) }
  }
  var title: String? {
    get { text("title") }
    set { self["title"] = newValue.map(Value.text) }
  }
  /// Who sells a product.
  var seller: String? {
    get { text("seller") }
    set { self["seller"] = newValue.map(Value.text) }
  }
  /// In won.
  var price: Int64? {
    get { number("price") }
    set { self["price"] = newValue.map(Value.number) }
  }
  /// 1 to 5.
  var stars: Int64? {
    get { number("stars") }
    set { self["stars"] = newValue.map(Value.number) }
  }
  /// What somebody wrote, or searches for.
  var words: String? {
    get { text("words") }
    set { self["words"] = newValue.map(Value.text) }
  }
  /// Several of a kind: products found, lines of a cart, parts of a page.
  var entries: [Payload]? {
    get { objects("entries") }
    set { self["entries"] = newValue.map(Value.objects) }
  }
  /// Which part of a page it is.
  var part: String? {
    get { text("part") }
    set { self["part"] = newValue.map(Value.text) }
  }
  /// The parts of a page that could not be had.
  var missing: String? {
    get { text("missing") }
    set { self["missing"] = newValue.map(Value.text) }
  }
  /// The side that did not accept an order, and has nothing to undo.
  var source: String? {
    get { text("source") }
    set { self["source"] = newValue.map(Value.text) }
  }
  /// How many changes what is said lacks; and for how long, in nanoseconds, it has lacked the oldest of them.
  var behind: Int64? {
    get { number("behind") }
    set { self["behind"] = newValue.map(Value.number) }
  }
  var age: Int64? {
    get { number("age") }
    set { self["age"] = newValue.map(Value.number) }
  }
  /// Up to where each partition of what a view is made of is in it, as texts.
  var positions: [Int64]? {
    get {
      guard case .texts(let texts) = self["positions"] else { return nil }
      return texts.compactMap { Int64($0) }
    }
    set { self["positions"] = newValue.map { .texts($0.map { "\($0)" }) } }
  }
  /// True when the asker's own last order is not in it.
  var isStale: Bool? {
    get { truth("stale") }
    set { self["stale"] = newValue.map(Value.truth) }
  }
  /// The transaction of an order.
  var transaction: String? {
    get { text("transaction") }
    set { self["transaction"] = newValue.map(Value.text) }
  }
  /// The hop whose work is to be undone.
  var hop: Int64? {
    get { number("hop") }
    set { self["hop"] = newValue.map(Value.number) }
  }

  init(
    order: Int64? = nil, user: String? = nil, sku: String? = nil, quantity: Int64? = nil, amount: Int64? = nil,
    reason: String? = nil, state: String? = nil, step: String? = nil, hop: Int64? = nil
  ) {
    self.init()
    self.order = order
    self.user = user
    self.sku = sku
    self.quantity = quantity
    self.amount = amount
    self.reason = reason
    self.state = state
    self.step = step
    self.hop = hop
  }
}
