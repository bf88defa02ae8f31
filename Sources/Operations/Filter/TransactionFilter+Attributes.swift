internal import TraceCollector
internal import Wording

/// An attribute that a filter names and no span has.
public struct UnknownAttribute: Sendable, Equatable {
  public var name: String
  /// Those that may have been meant, nearest first, a few; none where none is near.
  public var nearest: [String]

  public init(_ name: String, nearest: [String] = []) {
    (self.name, self.nearest) = (name, nearest)
  }
}

extension TransactionFilter {
  /// The attributes without which it lets nothing through, each once, in the order in which they were typed.
  public var attributeNames: [String] {
    var names: [String] = []
    expression.add(to: &names)
    return names
  }

  /// Those that no span in the store has, nor a resource that spans are of.
  func unknownAttributes(in store: TraceStore) -> [UnknownAttribute] {
    let wanted = attributeNames
    guard !wanted.isEmpty else { return [] }
    let known = store.attributeNames(limit: Self.namesLookedAt)
    // Where there are so many it may be one of the others.
    guard known.count < Self.namesLookedAt else { return [] }
    let missing = Set(wanted).subtracting(known)
    return wanted.filter(missing.contains).map { UnknownAttribute($0, nearest: Self.nearest(to: $0, among: known)) }
  }

  private static let namesLookedAt = 2_000

  /// Those that are spelt alike; else those of which it is a part.
  private static func nearest(to name: String, among known: [String]) -> [String] {
    let near = NearestNames.nearest(to: name, among: known)
    guard near.isEmpty, name.count > 2 else { return near }
    return Array(known.filter { $0.lowercased().contains(name.lowercased()) }.prefix(3))
  }
}

extension TransactionFilter.Expression {
  fileprivate func add(to names: inout [String]) {
    switch self {
    case .condition(.attribute(let name, let test)):
      if !test.holdsWithoutValue, !names.contains(name) { names.append(name) }
    case .all(let parts): for part in parts { part.add(to: &names) }
    // What is denied, and what is one of several, may let through what has none of them.
    case .everything, .condition, .not, .any: break
    }
  }
}

extension TransactionFilter.AttributeTest {
  fileprivate var holdsWithoutValue: Bool {
    switch self {
    case .isThere: false
    case .text(let match, _): match == .differs || match == .lacks
    case .number(let comparison, _): comparison == .differs
    }
  }
}
