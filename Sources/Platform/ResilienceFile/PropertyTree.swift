internal import OrderedCollections
internal import YAMLReading

/// The properties of an `application.yml` as Spring sees them: names in any of its spellings, dotted names as deep ones,
/// later documents over earlier ones.
final class PropertyTree {
  /// As it was written first.
  let name: String
  let position: YAMLPosition?
  /// A scalar or a list; nil where there are only names below.
  private(set) var value: YAMLValue?
  private var children = OrderedDictionary<String, PropertyTree>()

  init(name: String = "", position: YAMLPosition? = nil) {
    self.name = name
    self.position = position
  }

  var below: [PropertyTree] { Array(children.values) }
  var isMapping: Bool { value == nil }

  subscript(_ name: String) -> PropertyTree? { children[Self.uniform(name)] }

  /// Spring's uniform form: `failure-rate-threshold`, `failureRateThreshold` and `failure_rate_threshold` are one name.
  static func uniform(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }

  /// Puts a document over what is there: mappings are merged, everything else takes the place of what was.
  func add(_ mapping: YAMLMapping) {
    for entry in mapping.entries { add(Self.path(entry.key)[...], entry) }
  }

  private func add(_ path: ArraySlice<String>, _ entry: YAMLMapping.Entry) {
    guard let first = path.first else { return }
    let key = Self.uniform(first)
    let child = children[key] ?? PropertyTree(name: first, position: entry.keyPosition)
    children[key] = child
    if path.count > 1 { return child.add(path.dropFirst(), entry) }
    guard entry.value.kind == .mapping, let mapping = entry.value.mapping() else {
      children[key] = PropertyTree(name: first, position: entry.keyPosition)
      children[key]?.value = entry.value
      return
    }
    child.value = nil
    child.add(mapping)
  }

  /// `a.b.c` is three names, `[a.b]` is one.
  private static func path(_ key: String) -> [String] {
    var names: [String] = []
    var name = ""
    var depth = 0
    for letter in key {
      switch letter {
      case "[":
        if depth == 0, !name.isEmpty {
          names.append(name)
          name = ""
        }
        depth += 1
      case "]": depth = max(0, depth - 1)
      case "." where depth == 0:
        names.append(name)
        name = ""
      default: name.append(letter)
      }
    }
    names.append(name)
    let filled = names.filter { !$0.isEmpty }
    return filled.isEmpty ? [key] : filled
  }
}
