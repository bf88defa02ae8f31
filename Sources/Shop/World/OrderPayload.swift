internal import Foundation

/// What calls and events of an order say, as JSON. A field that a message has no use for is left out.
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

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()
  private static let decoder = JSONDecoder()

  var json: [UInt8] {
    guard let data = try? Self.encoder.encode(self) else {
      preconditionFailure("a payload of texts and whole numbers can be written as JSON")
    }
    return [UInt8](data)
  }

  /// Nil when the bytes are no such JSON.
  init?(json: [UInt8]) {
    guard let payload = try? Self.decoder.decode(OrderPayload.self, from: Data(json)) else { return nil }
    self = payload
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
