/// A path with parameters: `/orders/{id}/items`, or `/static/**`, which takes all that follows.
public struct RoutePattern: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
  enum Part: Sendable, Hashable {
    case literal(String)
    case parameter(String)
    case rest
  }

  public let description: String
  let parts: [Part]

  /// - Parameter text: begins with a slash; `**` only at its end; parameters have different names.
  public init(_ text: String) {
    description = text
    parts = Self.parts(of: text)
    if let problem = Self.problem(in: text) { preconditionFailure(problem) }
  }

  /// What is wrong with a text that is to be a pattern; nil when nothing is.
  public static func problem(in text: String) -> String? {
    guard text.hasPrefix("/") else { return "a pattern begins with a slash: \(text)" }
    let parts = parts(of: text)
    if parts.dropLast().contains(.rest) { return "** stands at the end of a pattern only: \(text)" }
    let names = names(in: parts)
    if Set(names).count < names.count { return "parameters have different names: \(text)" }
    let isBroken =
      names.contains { $0.isEmpty || $0.contains(where: braces.contains) }
      || parts.contains { if case .literal(let word) = $0 { word.contains(where: braces.contains) } else { false } }
    return isBroken ? "a parameter is a whole word in braces, as in /products/{sku}: \(text)" : nil
  }

  private static let braces: Set<Character> = ["{", "}"]

  private static func parts(of text: String) -> [Part] {
    text.split(separator: "/").map { word in
      if word == "**" { return .rest }
      guard word.hasPrefix("{"), word.hasSuffix("}") else { return .literal(String(word)) }
      return .parameter(String(word.dropFirst().dropLast()))
    }
  }

  private static func names(in parts: [Part]) -> [String] {
    parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }

  public init(stringLiteral value: String) { self.init(value) }

  /// Their names, in order.
  public var parameters: [String] { Self.names(in: parts) }

  /// The parameters' values when the path fits; nil when not.
  /// - Parameter words: what stands between the path's slashes.
  func match(_ words: [Substring]) -> [RouteParameter]? {
    var values: [RouteParameter] = []
    for (index, part) in parts.enumerated() {
      if part == .rest { return values }
      guard index < words.count else { return nil }
      switch part {
      case .literal(let word): guard word == words[index] else { return nil }
      case .parameter(let name): values.append(RouteParameter(name: name, value: String(words[index])))
      case .rest: break
      }
    }
    return words.count == parts.count ? values : nil
  }
}

public struct RouteParameter: Sendable, Hashable {
  public var name: String
  public var value: String
}
