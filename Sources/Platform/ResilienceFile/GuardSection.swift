internal import Wording
internal import YAMLReading

/// One kind of guard in the file: its configurations, its instances, and which of them stands on which.
struct GuardSection {
  let properties: GuardProperties
  let report: YAMLReport
  private let configs: [PropertyTree]
  let instances: [PropertyTree]

  private static let defaultName = "default"

  /// - Parameter tree: what stands below `circuitbreaker:`; nil where nothing does.
  init(_ properties: GuardProperties, _ tree: PropertyTree?, _ report: YAMLReport) {
    self.properties = properties
    self.report = report
    var (configs, instances): ([PropertyTree], [PropertyTree]) = ([], [])
    for child in tree?.below ?? [] {
      switch PropertyTree.uniform(child.name) {
      case "configs": configs += Self.named(child, report)
      // `backends` is what instances were called once, and still may.
      case "instances", "backends": instances += Self.named(child, report)
      case "tags", "metrics", "enabled": break
      case PropertyTree.uniform(properties.aspectOrder):
        report.warn(
          "\(child.name) is passed over: the guards stand as Retry(CircuitBreaker(RateLimiter(TimeLimiter(Bulkhead(call)))))",
          at: child.position)
      default:
        let advice = NearestNames.advice(for: child.name, among: ["configs", "instances", properties.aspectOrder])
        report.warn("\(quoted(child.name)) is no property of \(properties.name); \(advice)", at: child.position)
      }
    }
    self.configs = configs
    self.instances = instances
    if let value = tree?.value { value.fail(mustBe: "a mapping with configs and instances") }
    for tree in configs + instances { check(tree) }
  }

  var hasDefault: Bool { config(Self.defaultName) != nil }

  private static func named(_ tree: PropertyTree, _ report: YAMLReport) -> [PropertyTree] {
    if let value = tree.value, value.kind != .nothing { value.fail(mustBe: "a mapping of names") }
    return tree.below
  }

  private func config(_ name: String) -> PropertyTree? { configs.first { $0.name == name } }

  /// Unknown names are said once, where they stand, whoever builds on them.
  private func check(_ tree: PropertyTree) {
    if let value = tree.value, value.kind != .nothing {
      value.fail(mustBe: "a mapping of properties such as \(properties.used[1])")
    }
    for child in tree.below {
      let name = PropertyTree.uniform(child.name)
      if let unsupported = properties.unsupported.first(where: { PropertyTree.uniform($0) == name }) {
        report.warn("\(child.name) is passed over: \(GuardProperties.obstacle(to: unsupported))", at: child.position)
      } else if name == "tags" || properties.known.contains(where: { PropertyTree.uniform($0) == name }) {
        if !child.isMapping || name == "tags" { continue }
        report.error("\(child.name) is a mapping; it must be a single value", at: child.position)
      } else {
        report.warn(
          "\(quoted(child.name)) is no property of a \(properties.name); "
            + NearestNames.advice(for: child.name, among: properties.known), at: child.position)
      }
    }
  }

  /// From the furthest base to the instance itself: what comes later is said on top of what comes earlier.
  ///
  /// As resilience4j's `Common…ConfigurationProperties` have it: on `baseConfig` where it is given; else on the
  /// configuration `default`. A circuit breaker looks for a configuration of the instance's own name before that, and a
  /// circuit breaker's configuration without `baseConfig` stands on none, where those of the other guards stand on `default`.
  func layers(of instance: PropertyTree) -> [PropertyTree] { layers(below: instance, isConfig: false) }

  /// Those of an instance that the file does not name; nil where it has no `default`.
  var defaultLayers: [PropertyTree]? { config(Self.defaultName).map { layers(below: $0, isConfig: true) } }

  /// Those of the configurations that stand in none of these layers: nothing is built on them.
  func layersOfConfigs(besides used: [[PropertyTree]]) -> [[PropertyTree]] {
    let idle = configs.filter { config in !used.contains { $0.contains { $0 === config } } }
    return idle.map { layers(below: $0, isConfig: true) }
  }

  private func layers(below top: PropertyTree, isConfig: Bool) -> [PropertyTree] {
    var layers = [top]
    var isConfig = isConfig
    while let base = base(of: layers[0], isConfig: isConfig) {
      if let place = layers.firstIndex(where: { $0 === base }) {
        noteCircle(layers[...place])
        break
      }
      layers.insert(base, at: 0)
      isConfig = true
    }
    return layers
  }

  /// A circle has one finding, wherever it is entered: that of the first of its configurations in the file.
  private func noteCircle(_ circle: ArraySlice<PropertyTree>) {
    func place(_ config: PropertyTree) -> YAMLPosition { config.position ?? YAMLPosition(line: 0, column: 0) }
    let configs = circle.sorted { place($0) < place($1) }
    let (names, first) = (NearestNames.list(configs.map(\.name)), configs[0])
    report.error(
      configs.count == 1
        ? "the baseConfig of \(names) is \(names) itself; name another one, or leave it out"
        : "the baseConfigs of \(names) lead back to \(first.name); one of them must go", at: first.position)
  }

  private func base(of tree: PropertyTree, isConfig: Bool) -> PropertyTree? {
    if let given = tree["baseConfig"]?.value {
      guard let wanted = given.text() else { return nil }
      if let config = config(wanted) { return config }
      given.fail("there is no \(properties.name) configuration \(quoted(wanted)); \(advice(for: wanted))")
      return nil
    }
    if properties.name == "circuitbreaker" {
      if isConfig { return nil }
      if let own = config(tree.name) { return own }
    }
    let standsOnDefault = !(isConfig && tree.name == Self.defaultName)
    return standsOnDefault ? config(Self.defaultName) : nil
  }

  /// What a base could be called that there is not.
  private func advice(for name: String) -> String {
    guard configs.isEmpty else { return NearestNames.advice(for: name, among: configs.map(\.name)) }
    return "the file has no configs of \(properties.name): "
      + "write it below resilience4j.\(properties.name).configs, or leave baseConfig out"
  }
}
