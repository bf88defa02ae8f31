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
  func layers(of instance: PropertyTree) -> [PropertyTree] {
    var layers = [instance]
    var name = instance.name
    var isConfig = false
    while let base = base(of: layers[0], name, isConfig: isConfig) {
      if layers.contains(where: { $0 === base }) {
        // A configuration that is its own base by name only is the instance of that name.
        report.error(
          "the baseConfigs of \(instance.name) lead back to \(base.name); one of them must go", at: base.position)
        break
      }
      layers.insert(base, at: 0)
      (name, isConfig) = (base.name, true)
    }
    return layers
  }

  /// Those of an instance that the file does not name; nil where it has no `default`.
  var defaultLayers: [PropertyTree]? { config(Self.defaultName).map { layers(of: $0, isConfig: true) } }

  private func layers(of config: PropertyTree, isConfig: Bool) -> [PropertyTree] {
    config["baseConfig"] == nil ? [config] : layers(of: config)
  }

  private func base(of tree: PropertyTree, _ name: String, isConfig: Bool) -> PropertyTree? {
    if let given = tree["baseConfig"]?.value {
      guard let wanted = given.text() else { return nil }
      if let config = config(wanted) { return config }
      let advice = NearestNames.advice(for: wanted, among: configs.map(\.name))
      given.fail("there is no \(properties.name) configuration \(quoted(wanted)); \(advice)")
      return nil
    }
    if properties.name == "circuitbreaker" {
      if isConfig { return nil }
      if let own = config(name) { return own }
    }
    let standsOnDefault = !(isConfig && name == Self.defaultName)
    return standsOnDefault ? config(Self.defaultName) : nil
  }
}
