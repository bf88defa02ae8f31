internal import OrderedCollections
internal import Wording
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
  /// The first keys of those that lead here from the root: as many as tell what stands where.
  private let way: [String]
  /// Whether what is below has the names of a map's keys, which have one spelling, and not those of properties.
  private let holdsKeys: Bool
  /// Where its document gives it again.
  private var repetitions: [(name: String, position: YAMLPosition?)] = []

  /// A root, with nothing below.
  convenience init() { self.init("", nil, way: []) }

  private init(_ name: String, _ position: YAMLPosition?, way: [String]) {
    self.name = name
    self.position = position
    self.way = way
    holdsKeys = Self.holdsKeys(way)
  }

  var below: [PropertyTree] { Array(children.values) }
  var isMapping: Bool { value == nil }

  subscript(_ name: String) -> PropertyTree? { children[key(of: name)] }

  /// Spring's uniform form: `failure-rate-threshold`, `failureRateThreshold` and `failure_rate_threshold` are one name.
  static func uniform(_ name: String) -> String { name.lowercased().filter { $0 != "-" && $0 != "_" } }

  /// Names of instances and configurations, and of tags, are as they are written: `payment-gateway` and
  /// `paymentGateway` are two instances.
  private static func holdsKeys(_ way: [String]) -> Bool {
    guard way.count > 2, way[0] == "resilience4j" else { return false }
    if way[2] == "tags" || way.count > 4 && way[4] == "tags" { return true }
    return way.count == 3 && ["configs", "instances", "backends"].contains(way[2])
  }

  private func key(of name: String) -> String { holdsKeys ? name : Self.uniform(name) }

  // MARK: One document

  /// Takes in the mapping of a document. What that gives twice is kept for ``noteRepetitions(_:)``.
  func add(_ mapping: YAMLMapping) {
    for entry in mapping.entries { add(Self.path(entry.key)[...], entry) }
  }

  private func add(_ path: ArraySlice<String>, _ entry: YAMLMapping.Entry) {
    guard let first = path.first else { return }
    let key = key(of: first)
    let known = children[key]
    let child = known ?? PropertyTree(first, entry.keyPosition, way: way.count > 4 ? way : way + [key])
    children[key] = child
    let mapping = path.count == 1 && entry.value.kind == .mapping ? entry.value.mapping() : nil
    guard path.count > 1 || mapping != nil else {
      if known == nil { child.value = entry.value } else { child.addAgain(entry.value, first, entry.keyPosition) }
      return
    }
    // Where nothing stood, names may follow.
    if child.value?.kind == .nothing { child.value = nil }
    guard child.isMapping else { return child.repetitions.append((first, entry.keyPosition)) }
    if let mapping { child.add(mapping) } else { child.add(path.dropFirst(), entry) }
  }

  /// A value where there is one, or where there are names below, which nothing does not contradict.
  private func addAgain(_ value: YAMLValue, _ name: String, _ position: YAMLPosition?) {
    if isMapping, value.kind == .nothing { return }
    repetitions.append((name, position))
  }

  /// Notes what is given twice here and below, by whichever of its spellings; the first one has been taken.
  func noteRepetitions(_ report: YAMLReport) {
    for repetition in repetitions {
      var (first, second) = ((name: name, position: position), repetition)
      // What a merge key takes in stands further up.
      if let place = first.position, let other = second.position, other < place { swap(&first, &second) }
      let spelling = first.name == second.name ? "" : ", as \(quoted(first.name))"
      let line = first.position.map { " in line \($0.line)" } ?? ""
      report.error(
        "\(quoted(second.name)) is given again; it stands\(line) already\(spelling): keep one of them",
        at: second.position)
    }
    for child in children.values { child.noteRepetitions(report) }
  }

  /// More names than this do not stand in one key.
  private static let deepest = 32

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
    return filled.isEmpty || filled.count > deepest ? [key] : filled
  }

  // MARK: Several documents

  /// Puts a later document over what is there: mappings are merged, everything else takes the place of what was.
  func add(_ document: PropertyTree) {
    for (key, child) in document.children {
      guard child.isMapping, let known = children[key] else {
        children[key] = child
        continue
      }
      known.value = nil
      known.add(child)
    }
  }
}
