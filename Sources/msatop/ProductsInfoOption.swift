import ArgumentParser
import Shop

/// `--products-info json`: how order asks search for a product before it takes an order.
struct ProductsInfoOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How order asks search for a product before it takes an order: protobuf, json, or off.", valueName: "form"),
    transform: ProductsInfoOption.form)
  var productsInfo = ProductsInfoSettings().form

  var settings: ProductsInfoSettings {
    var settings = ProductsInfoSettings()
    settings.form = productsInfo
    return settings
  }

  private static func form(_ text: String) throws -> ProductsInfoSettings.Form {
    guard let form = ProductsInfoSettings.Form(rawValue: text) else {
      let names = ProductsInfoSettings.Form.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("products are not asked for as \"\(text)\"; there are \(names)")
    }
    return form
  }
}
