public import Drawing
internal import Yams

/// Why a theme could not be read, in a sentence a person can act on.
public struct ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The theme, by its file or its name.
  public let theme: String
  /// Counted from 1; nil where it is about the whole file.
  public let line: Int?
  public let message: String

  public var description: String {
    line.map { "Theme \(theme), line \($0): \(message)" } ?? "Theme \(theme): \(message)"
  }
}

extension Theme {
  /// Reads a theme: a YAML mapping of every ``ThemeColor``'s name to `RRGGBB`, with an optional mapping `whenFrozen` of
  /// the names that change while time stands still.
  ///
  /// - Parameter name: what the theme is called in errors, and where it does not say its own `name`.
  public static func load(_ yaml: String, name: String) throws(ThemeError) -> Theme {
    var reader = ThemeReader(theme: visible(name))
    return try reader.read(yaml)
  }
}

private struct ThemeReader {
  let theme: String

  mutating func read(_ yaml: String) throws(ThemeError) -> Theme {
    guard case .mapping(let mapping) = try compose(yaml) else {
      throw error(1, "a theme is a list of lines like \"text: c9d1df\"")
    }
    var name = theme
    var (colors, whenFrozen): ([ThemeColor: Color], [ThemeColor: Color]) = ([:], [:])
    for (key, value) in mapping {
      switch key.string ?? "" {
      case "name": name = visible(value.string ?? theme)
      case "whenFrozen":
        guard case .mapping(let overrides) = value else {
          throw error(value, "whenFrozen holds lines like \"accent: 86dcff\", two blanks deeper")
        }
        for (key, value) in overrides { try add(key, value, to: &whenFrozen) }
      default: try add(key, value, to: &colors)
      }
    }
    let missing = ThemeColor.allCases.filter { colors[$0] == nil }
    guard missing.isEmpty else {
      let names = missing.map(\.name).joined(separator: ", ")
      throw error(nil, "no colour is given for \(names); a theme defines every name")
    }
    return Theme(name: name, whenFrozen: whenFrozen) { colors[$0] ?? Color(0) }
  }

  private func compose(_ yaml: String) throws(ThemeError) -> Node? {
    do {
      return try Yams.compose(yaml: yaml)
    } catch YamlError.parser(_, let problem, let mark, _), YamlError.scanner(_, let problem, let mark, _) {
      throw error(mark.line, "this is not YAML: \(problem)")
    } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
      let names = duplicates.map(visible).joined(separator: ", ")
      throw error(context.mark.line, "\(names) is given twice; give each name one colour")
    } catch {
      throw self.error(nil, "this is not YAML: \(error)")
    }
  }

  private func add(_ key: Node, _ value: Node, to colors: inout [ThemeColor: Color]) throws(ThemeError) {
    let name = key.string ?? ""
    guard let color = ThemeColor.allCases.first(where: { $0.name == name }) else {
      throw error(key, "there is no colour named \"\(visible(name))\"\(suggestion(for: name))")
    }
    guard let written = value.string, let rgb = Self.rgb(written) else {
      throw error(value, "\(name) is \"\(visible(value.string ?? ""))\"; a colour is six hexadecimal digits, RRGGBB")
    }
    colors[color] = Color(rgb)
  }

  private static func rgb(_ text: String) -> UInt32? {
    let digits = text.hasPrefix("#") ? text.dropFirst() : text[...]
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit) else { return nil }
    return UInt32(digits, radix: 16)
  }

  /// The name that differs only in case, which is what is mistaken most.
  private func suggestion(for name: String) -> String {
    let near = ThemeColor.allCases.first { $0.name.lowercased() == name.lowercased() }
    return near.map { "; do you mean \($0.name)?" } ?? ""
  }

  private func error(_ node: Node, _ message: String) -> ThemeError { error(node.mark?.line, message) }

  private func error(_ line: Int?, _ message: String) -> ThemeError {
    ThemeError(theme: theme, line: line, message: message)
  }
}
