// ShopMessages: what services of the shop say to each other in protobuf: the `.proto` files, what protoc makes of them in
// `Generated`, and both forms of each message. It never calls anybody, and nothing here says what a message means.

public import SwiftProtobuf

/// A message as bytes, and as the JSON that protobuf has rules for.
extension Message {
  public init(protobuf bytes: [UInt8]) throws { try self.init(serializedBytes: bytes) }
  public init(json bytes: [UInt8]) throws { try self.init(jsonUTF8Bytes: bytes) }

  public func protobuf() throws -> [UInt8] { try serializedBytes() }
  public func json() throws -> [UInt8] { try jsonUTF8Bytes() }
}

/// One kind of message, for whoever passes it on from one form into the other and does not look into it.
public struct MessageForm: Sendable {
  /// `shop.ProductsInfoRequest`
  public let name: String
  private let encode: @Sendable ([UInt8]) throws -> [UInt8]
  private let decode: @Sendable ([UInt8]) throws -> [UInt8]

  init<Body: Message>(_ type: Body.Type) {
    name = type.protoMessageName
    encode = { try Body(json: $0).protobuf() }
    decode = { try Body(protobuf: $0).json() }
  }

  public func protobuf(ofJSON bytes: [UInt8]) throws -> [UInt8] { try encode(bytes) }
  public func json(ofProtobuf bytes: [UInt8]) throws -> [UInt8] { try decode(bytes) }

  public static let productsInfoRequest = MessageForm(Shop_ProductsInfoRequest.self)
  public static let productsInfoResponse = MessageForm(Shop_ProductsInfoResponse.self)
}
