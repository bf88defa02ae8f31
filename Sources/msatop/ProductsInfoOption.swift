import ArgumentParser
import Shop

/// `--products-info protobuf`: order asks search for a product before it takes an order.
struct ProductsInfoOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How order asks search for a product before it takes an order: off, json or protobuf.", valueName: "form"),
    transform: ProductsInfoOption.form)
  var productsInfo = ProductsInfoSettings.Form.off

  var settings: ProductsInfoSettings {
    var settings = ProductsInfoSettings()
    settings.form = productsInfo
    return settings
  }

  private static func form(_ text: String) throws -> ProductsInfoSettings.Form {
    guard let form = ProductsInfoSettings.Form(rawValue: text) else {
      throw Arguments.unknown("form", text, among: ProductsInfoSettings.Form.allCases.map(\.rawValue))
    }
    return form
  }
}
