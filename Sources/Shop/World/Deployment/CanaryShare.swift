internal import Operations
internal import OrderedCollections

/// Which share of a service's calls goes to which version while a canary is looked at; the others get the rest. It is a
/// value of the configuration: `catalog.canary=v2 10%`.
struct CanaryShare: Sendable, Equatable, CustomStringConvertible {
  var version: String
  /// In hundredths of a percent.
  var basisPoints: Int

  init(_ version: String, basisPoints: Int) {
    self.version = version
    self.basisPoints = basisPoints
  }

  /// Reads `v2 10%`; nil for anything else.
  init?(parsing text: String) {
    let words = text.split(separator: " ")
    guard words.count == 2, CommandDesk.isVersion(String(words[0])), let share = FaultNotation.share(words[1]) else {
      return nil
    }
    self.init(String(words[0]), basisPoints: Int((share * 10_000).rounded()))
  }

  var share: Double { Double(basisPoints) / 10_000 }
  var description: String { "\(version) \(FaultNotation.percent(share))" }
}

extension ShopConfiguration {
  private static let canarySuffix = ".canary"
  /// No version gets a share of its own: calls go to all instances alike.
  static let noCanary = "off"

  static func canary(_ service: String) -> String { service + canarySuffix }
  static func isCanary(_ key: String) -> Bool { key.hasSuffix(canarySuffix) }

  func canary(of service: String) -> CanaryShare? { self[Self.canary(service)].flatMap(CanaryShare.init(parsing:)) }

  /// All that there are, by service. For look-up only.
  var canaries: [String: CanaryShare] {
    var canaries: [String: CanaryShare] = [:]
    for (key, value) in values where Self.isCanary(key) && value != Self.noCanary {
      canaries[String(key.dropLast(Self.canarySuffix.count))] = CanaryShare(parsing: value)
    }
    return canaries
  }
}
