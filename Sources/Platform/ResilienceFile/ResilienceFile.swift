// Platform/ResilienceFile reads the `resilience4j` block of a Spring Boot `application.yml` as it is. It never opens a
// file, never reads the environment, and makes no guard: it gives the settings that guards are made from.

internal import Wording
public import YAMLReading

/// Reads a Spring Boot application's guards.
public enum ResilienceFile {
  /// The settings in a file; what is wrong with it, and what is passed over, is noted in `report`. With any error
  /// there are no settings.
  public static func read(_ yaml: String, _ report: YAMLReport) -> ResilienceFileSettings? {
    var settings = ResilienceFileSettings()
    let documents = YAMLDocuments.read(yaml, report)
    let tree = PropertyTree()
    for document in documents {
      guard let mapping = document.mapping() else { continue }
      let properties = PropertyTree()
      properties.add(mapping)
      if let profile = foreignProfile(properties) {
        profile.warn("this document is for a profile, and none is active here: it is passed over")
        continue
      }
      properties["resilience4j"]?.noteRepetitions(report)
      tree.add(properties)
    }
    guard let block = tree["resilience4j"] else {
      if !report.hasErrors { report.error("there is no block resilience4j in the file", at: nil) }
      return nil
    }
    read(block, into: &settings, report)
    return report.hasErrors ? nil : settings
  }

  /// What names a profile other than `default`, which is the one that is active where none is.
  private static func foreignProfile(_ tree: PropertyTree) -> YAMLValue? {
    let spring = tree["spring"]
    guard
      let value = spring?["config"]?["activate"]?["on-profile"]?.value ?? spring?["profiles"]?.value,
      let profile = value.scalar?.trimmed
    else { return nil }
    let names = profile.split { $0 == "," || $0 == " " }
    if names.contains("default") || names.count == 1 && profile.hasPrefix("!") && profile != "!default" { return nil }
    return value
  }

  private static func read(_ block: PropertyTree, into settings: inout ResilienceFileSettings, _ report: YAMLReport) {
    if let value = block.value {
      value.fail(mustBe: "a mapping with \(NearestNames.list(GuardProperties.all.map(\.name)))")
      return
    }
    for child in block.below {
      let name = PropertyTree.uniform(child.name)
      if name == "threadpoolbulkhead" {
        report.warn("\(child.name) is passed over: calls have no thread pools here; say bulkhead", at: child.position)
      } else if name != "scheduledexecutor", !GuardProperties.all.contains(where: { $0.name == name }) {
        let advice = NearestNames.advice(for: child.name, among: GuardProperties.all.map(\.name))
        report.warn("\(quoted(child.name)) is no kind of guard; \(advice)", at: child.position)
      }
    }
    let readers = GuardReaders(report: report)
    func kind<Settings: Hashable & Sendable>(
      _ properties: GuardProperties, _ make: ([PropertyTree]) -> Settings
    ) -> ResilienceFileSettings.Kind<Settings> {
      let section = GuardSection(properties, block[properties.name], report)
      let (used, fallback) = (section.instances.map(section.layers(of:)), section.defaultLayers)
      // Made for what is found wrong with them.
      for layers in section.layersOfConfigs(besides: used + [fallback ?? []]) { _ = make(layers) }
      return ResilienceFileSettings.Kind(
        instances: zip(section.instances, used).map { instance, layers in
          .init(name: instance.name, position: instance.position, settings: make(layers))
        },
        fallback: fallback.map(make))
    }
    settings.circuitBreaker = kind(.circuitBreaker, readers.circuitBreaker)
    settings.retry = kind(.retry, readers.retry)
    settings.rateLimiter = kind(.rateLimiter, readers.rateLimiter)
    settings.timeLimiter = kind(.timeLimiter, readers.timeLimiter)
    settings.bulkhead = kind(.bulkhead, readers.bulkhead)
  }
}
