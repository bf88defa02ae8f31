internal import TraceModel
internal import Transactions

extension OrderTables {
  /// An order as it stands: a row, or what its events add up to.
  struct Order: Sendable, Equatable {
    var id: Int64 = 0
    var gtxid: String
    var saga: SagaKind
    var user: String
    var sku: String
    var quantity: Int64
    var amount: Int64
    var isDeliverable: Bool
    var state: String
    var step: String
    var reason = ""
    /// The hop that created it.
    var hop: Int64
    /// True once its money was asked back.
    var isRefunding = false
    /// The hop that is undone then.
    var undo: Int64?
    /// Whether credit and stock were reserved for it; nil while that is not known.
    var hasCredit: Bool?
    var hasStock: Bool?
    /// When it reached its last state, in nanoseconds; nil while it goes on.
    var finished: Int64?
    var isFinished: Bool { finished != nil }

    /// A new one, which has no number yet.
    init(_ body: Payload, saga: SagaKind, gtxid: String, isDeliverable: Bool, hop: LTXID) {
      self.gtxid = gtxid
      self.saga = saga
      user = body.user ?? ""
      sku = body.sku ?? ""
      quantity = body.quantity ?? 0
      amount = body.amount ?? 0
      self.isDeliverable = isDeliverable
      state = saga.first
      step = saga.firstStep
      self.hop = Int64(hop.number)
    }

    var payload: Payload {
      var payload = Payload(order: id, user: user, sku: sku, quantity: quantity, amount: amount)
      if saga != .choreographed { payload.saga = saga }
      return payload
    }

    var isGood: Bool { saga.isGood(state) }
  }
}

// MARK: - As a row

extension OrderTables.Order {
  static let columns =
    """
    id, gtxid, saga, user, sku, quantity, amount, deliverable, state, step, reason, hop, refunding, undo, credit, stock, \
    finished
    """

  /// Reads ``columns``.
  init(_ row: borrowing Columns) {
    let name: String = row.value(2)
    guard let saga = SagaKind(rawValue: name) else { preconditionFailure("there is no saga \(name)") }
    self.saga = saga
    id = row.value(0)
    gtxid = row.value(1)
    user = row.value(3)
    sku = row.value(4)
    quantity = row.value(5)
    amount = row.value(6)
    isDeliverable = row.value(7)
    state = row.value(8)
    step = row.value(9)
    reason = row.value(10)
    hop = row.value(11)
    isRefunding = row.value(12)
    undo = row.number(13)
    hasCredit = row.number(14).map { $0 != 0 }
    hasStock = row.number(15).map { $0 != 0 }
    finished = row.number(16)
  }

  /// The row as the database's log has it; nil for a row of another table.
  init?(_ row: RowImage) {
    guard row.table.name == OrderTables.name, let id = row["id"]?.integer,
      let saga = row["saga"]?.text.flatMap(SagaKind.init)
    else { return nil }
    self.saga = saga
    self.id = id
    gtxid = row["gtxid"]?.text ?? ""
    user = row["user"]?.text ?? ""
    sku = row["sku"]?.text ?? ""
    quantity = row["quantity"]?.integer ?? 0
    amount = row["amount"]?.integer ?? 0
    isDeliverable = row["deliverable"]?.integer != 0
    state = row["state"]?.text ?? ""
    step = row["step"]?.text ?? ""
    reason = row["reason"]?.text ?? ""
    hop = row["hop"]?.integer ?? 0
    isRefunding = row["refunding"]?.integer == 1
    undo = row["undo"]?.integer
    hasCredit = row["credit"]?.integer.map { $0 != 0 }
    hasStock = row["stock"]?.integer.map { $0 != 0 }
    finished = row["finished"]?.integer
  }
}

// MARK: - As JSON

extension OrderTables.Order {
  var document: Payload {
    var fields = Payload(
      order: id, user: user, sku: sku, quantity: quantity, amount: amount, reason: reason, state: state, step: step,
      hop: hop)
    fields.transaction = gtxid
    fields.saga = saga
    fields["deliverable"] = .truth(isDeliverable)
    fields["refunding"] = .truth(isRefunding)
    fields["undo"] = undo.map(Payload.Value.number)
    fields["credit"] = hasCredit.map(Payload.Value.truth)
    fields["stock"] = hasStock.map(Payload.Value.truth)
    fields["finished"] = finished.map(Payload.Value.number)
    return fields
  }

  /// Nil when the fields are no order's.
  init?(document fields: Payload) {
    guard let id = fields.order, let gtxid = fields.transaction, let saga = fields.saga, let user = fields.user,
      let sku = fields.sku, let quantity = fields.quantity, let amount = fields.amount, let state = fields.state,
      let step = fields.step, let reason = fields.reason, let hop = fields.hop,
      let isDeliverable = fields.truth("deliverable"), let isRefunding = fields.truth("refunding")
    else { return nil }
    (self.id, self.gtxid, self.saga, self.user, self.sku) = (id, gtxid, saga, user, sku)
    (self.quantity, self.amount, self.state, self.step) = (quantity, amount, state, step)
    (self.reason, self.hop, self.isDeliverable, self.isRefunding) = (reason, hop, isDeliverable, isRefunding)
    undo = fields.number("undo")
    hasCredit = fields.truth("credit")
    hasStock = fields.truth("stock")
    finished = fields.number("finished")
  }
}
