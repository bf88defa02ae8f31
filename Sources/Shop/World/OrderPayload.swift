internal import Foundation

/// What calls and events of an order say, as JSON. A field that a message has no use for is left out.
///
/// Several of these are written and read for each transaction, so the plain form is written and read here, without the
/// machinery of `Codable`; what is not plain is left to it.
struct OrderPayload: Sendable, Codable, Equatable {
  var order: Int64?
  var user: String?
  var sku: String?
  var quantity: Int64?
  /// In won.
  var amount: Int64?
  var reason: String?
  var state: String?
  var step: String?
  /// The hop whose work is to be undone.
  var hop: Int64?

  private static let decoder = JSONDecoder()

  /// The fields in the order of their names.
  var json: [UInt8] {
    var object = PlainJSONWriter()
    object.add("amount", amount)
    object.add("hop", hop)
    object.add("order", order)
    object.add("quantity", quantity)
    object.add("reason", reason)
    object.add("sku", sku)
    object.add("state", state)
    object.add("step", step)
    object.add("user", user)
    return object.finished()
  }

  /// Nil when the bytes are no such JSON.
  init?(json: [UInt8]) {
    if let payload = Self.plain(json) {
      self = payload
    } else if let payload = try? Self.decoder.decode(OrderPayload.self, from: Data(json)) {
      self = payload
    } else {
      return nil
    }
  }

  /// What ``json`` writes; nil for anything else, JSON or not.
  static func plain(_ json: [UInt8]) -> OrderPayload? {
    guard var object = PlainJSONReader(json) else { return nil }
    var payload = OrderPayload()
    while let name = object.nextName() {
      switch name {
      case "amount": payload.amount = object.number()
      case "hop": payload.hop = object.number()
      case "order": payload.order = object.number()
      case "quantity": payload.quantity = object.number()
      case "reason": payload.reason = object.text()
      case "sku": payload.sku = object.text()
      case "state": payload.state = object.text()
      case "step": payload.step = object.text()
      case "user": payload.user = object.text()
      default: return nil
      }
    }
    return object.isComplete ? payload : nil
  }

  init(
    order: Int64? = nil, user: String? = nil, sku: String? = nil, quantity: Int64? = nil, amount: Int64? = nil,
    reason: String? = nil, state: String? = nil, step: String? = nil, hop: Int64? = nil
  ) {
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
