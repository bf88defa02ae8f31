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
    precondition(text.hasPrefix("/"), "a pattern begins with a slash: \(text)")
    description = text
    let words = text.split(separator: "/").map(String.init)
    parts = words.enumerated().map { index, word in
      if word == "**" {
        precondition(index == words.count - 1, "** stands at the end of a pattern only: \(text)")
        return .rest
      }
      guard word.hasPrefix("{"), word.hasSuffix("}") else { return .literal(word) }
      return .parameter(String(word.dropFirst().dropLast()))
    }
    precondition(Set(parameters).count == parameters.count, "parameters have different names: \(text)")
  }

  public init(stringLiteral value: String) { self.init(value) }

  /// Their names, in order.
  public var parameters: [String] {
    parts.compactMap { if case .parameter(let name) = $0 { name } else { nil } }
  }

  /// The parameters' values when the path fits; nil when not.
  public func match(_ path: String) -> [RouteParameter]? {
    let words = path.split(separator: "/")
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
