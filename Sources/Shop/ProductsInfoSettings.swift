/// Whether order asks search for a product before it takes an order, and in which form.
public struct ProductsInfoSettings: Sendable, Hashable {
  public enum Form: String, Sendable, CaseIterable {
    case off, json, protobuf
  }

  public var form = Form.off
  /// While search does not answer, the last known price counts; false: no order is taken then.
  public var fallsBack = true

  public init() {}
}
