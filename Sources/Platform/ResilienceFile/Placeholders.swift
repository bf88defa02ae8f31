internal import Wording
internal import YAMLReading

/// Spring's `${NAME:default}`. No environment is read here: the default stands, and that is said.
struct Placeholders {
  let report: YAMLReport

  /// The text with each placeholder replaced by its default; nil, and an error, where there is none.
  func resolve(_ text: String, at position: YAMLPosition?) -> String? {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "${") {
      result += rest[..<start.lowerBound]
      guard let end = Self.end(of: rest[start.upperBound...]) else {
        report.error("\(quoted(text)) has a \"${\" without its \"}\"", at: position)
        return nil
      }
      guard let value = value(of: rest[start.upperBound..<end], at: position) else { return nil }
      result += value
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  private func value(of inner: Substring, at position: YAMLPosition?) -> String? {
    guard let colon = inner.firstIndex(of: ":") else {
      report.error(
        "${\(inner)} has no default, and no environment is read here; write ${\(inner):value}", at: position)
      return nil
    }
    guard let fallback = resolve(String(inner[inner.index(after: colon)...]), at: position) else { return nil }
    report.warn("${\(inner[..<colon])} is taken as its default, \(quoted(fallback))", at: position)
    return fallback
  }

  /// The brace that closes it: defaults may hold placeholders.
  private static func end(of text: Substring) -> Substring.Index? {
    var depth = 0
    for index in text.indices {
      if text[index] == "{" { depth += 1 }
      guard text[index] == "}" else { continue }
      if depth == 0 { return index }
      depth -= 1
    }
    return nil
  }
}
