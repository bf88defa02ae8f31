public import Drawing

/// The themes in the program itself, so that it runs from any directory.
extension Theme {
  /// The files of the folder `themes`, by their names without the extension.
  private static let builtIn: [(name: String, yaml: [UInt8])] = [
    ("dark", PackageResources.dark_yaml), ("light", PackageResources.light_yaml), ("nord", PackageResources.nord_yaml),
  ]

  /// The names ``named(_:)`` knows.
  public static var builtInNames: [String] { builtIn.map(\.name) }

  /// A built-in theme; nil for a name that is none of ``builtInNames``.
  public static func named(_ name: String) -> Theme? {
    guard let source = builtIn.first(where: { $0.name == name }) else { return nil }
    do throws(ThemeError) {
      return try load(String(decoding: source.yaml, as: UTF8.self), name: name)
    } catch {
      preconditionFailure("a theme of our own is whole, but: \(error)")
    }
  }

  /// What the program looks like unless told otherwise.
  public static let dark: Theme = {
    guard let theme = named("dark") else { preconditionFailure("the dark theme is built in") }
    return theme
  }()
}
