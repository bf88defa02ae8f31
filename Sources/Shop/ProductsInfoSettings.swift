/// Whether order asks search for a product before it takes an order, and in which form. What search says is the price of
/// the order, and what is sold out is not ordered; `off`: an order costs what its customer says.
public struct ProductsInfoSettings: Sendable, Hashable {
  public enum Form: String, Sendable, CaseIterable {
    case off, json, protobuf
  }

  public var form = Form.protobuf
  /// While search does not answer, the last known price counts; false: no order is taken then.
  public var fallsBack = true

  public init() {}

  /// As options of the command line; none where order asks as it does by itself.
  var options: [String] { form == Self().form ? [] : ["--products-info \(form.rawValue)"] }
}
