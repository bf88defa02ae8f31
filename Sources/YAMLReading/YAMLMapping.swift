internal import Wording
internal import Yams

/// The keys of a mapping with their values, in the order of the file; merge keys (`<<`) are followed.
public struct YAMLMapping {
  public struct Entry {
    public let key: String
    public let keyPosition: YAMLPosition?
    public let value: YAMLValue
  }

  public let entries: [Entry]
  /// What it is the value of.
  public let owner: YAMLValue

  public subscript(_ key: String) -> YAMLValue? { entries.first { $0.key == key }?.value }

  /// The value of a key that may not be left out.
  public func required(_ key: String, _ purpose: String) -> YAMLValue? {
    if let value = self[key] { return value }
    let place = owner.name.isEmpty ? "" : " in \(owner.name)"
    owner.fail("\(key) is missing\(place): \(purpose)")
    return nil
  }
}

extension YAMLValue {
  /// The mapping that it is. Keys given twice are noted, and keys that are not allowed, with those they may have meant.
  ///
  /// - Parameter allowed: nil when any key is.
  public func mapping(allowing allowed: [String]? = nil) -> YAMLMapping? {
    guard case .mapping = node else {
      fail(mustBe: "a mapping, lines like \"name: value\"" + (allowed.map { " of \(NearestNames.list($0))" } ?? ""))
      return nil
    }
    let entries = entries(depth: 0)
    if let allowed {
      for entry in entries where !allowed.contains(entry.key) {
        let place = name.isEmpty ? "" : " in \(name)"
        context.report.error(
          "there is no key \(quoted(entry.key))\(place); \(NearestNames.advice(for: entry.key, among: allowed))",
          at: entry.keyPosition)
      }
    }
    return YAMLMapping(entries: entries, owner: self)
  }

  /// A merge of a merge of a merge is as deep as anybody goes.
  private static let deepestMerge = 8

  private func entries(depth: Int) -> [YAMLMapping.Entry] {
    guard case .mapping(let mapping) = node else { return [] }
    var own: [YAMLMapping.Entry] = []
    var merged: [YAMLMapping.Entry] = []
    // The last of several equal keys counts; each one but the first is named.
    var earlier: [(name: String, position: YAMLPosition)] = []
    for (key, value) in mapping {
      guard let keyText = key.scalar?.string else {
        context.report.error("a key is a word, and not a list or a mapping", at: key.position)
        continue
      }
      if let renamed = context.renamed.first(where: { $0.position == key.position }) {
        noteRepetition(of: renamed.name, at: key.position, after: earlier)
        earlier.append((renamed.name, renamed.position))
        continue
      }
      noteRepetition(of: keyText, at: key.position, after: earlier)
      if keyText == "<<", key.scalar?.style == .plain {
        merged += self.merged(value, at: key.position, depth: depth)
      } else {
        let path = name.isEmpty ? keyText : "\(name).\(keyText)"
        let child = YAMLValue(node: value, name: path, position: value.position ?? key.position, context: context)
        own.append(YAMLMapping.Entry(key: keyText, keyPosition: key.position, value: child))
      }
    }
    for entry in merged where !own.contains(where: { $0.key == entry.key }) { own.append(entry) }
    return own
  }

  private func noteRepetition(
    of name: String, at position: YAMLPosition?, after earlier: [(name: String, position: YAMLPosition)]
  ) {
    guard let first = earlier.last(where: { $0.name == name }) else { return }
    context.report.error(
      "\(quoted(name)) is given again; it stands in line \(first.position.line) already: keep one of them", at: position
    )
  }

  private func merged(_ value: Node, at position: YAMLPosition?, depth: Int) -> [YAMLMapping.Entry] {
    let parts: [Node] = if case .sequence(let sequence) = value { Array(sequence) } else { [value] }
    var entries: [YAMLMapping.Entry] = []
    for part in parts {
      let merge = YAMLValue(node: part, name: name, position: part.position, context: context)
      guard case .mapping = part, depth < Self.deepestMerge else {
        if !merge.isBroken {
          context.report.error("<< takes in a mapping, or a list of mappings, such as <<: *common", at: position)
        }
        continue
      }
      for entry in merge.entries(depth: depth + 1) where !entries.contains(where: { $0.key == entry.key }) {
        entries.append(entry)
      }
    }
    return entries
  }
}
