public import Operations
internal import Platform
internal import Wording

/// What is moved from the legacy shop to the new services, easiest first.
public enum StranglerCapability: String, Sendable, CaseIterable {
  case review, catalog, order

  /// The new service, which intercepts what the capability is asked for.
  var service: String {
    switch self {
    case .review: ShopPlan.review
    case .catalog: ShopPlan.catalog
    case .order: ShopPlan.order
    }
  }

  /// How the new service hands its results back: the catalogue has no queue, and changes the legacy shop's table.
  var usesMessages: Bool { self != .catalog }
}

/// How far each capability has moved: the percentage of the customers whom the new service serves. The same customer is
/// always served by the same side, and stays with the new one while the share grows.
public struct StranglerSettings: Sendable, Equatable {
  /// Whether the legacy shop is beside the new services at all, which then hand it their results.
  public var isUnderWay = false
  private var review = 100
  private var catalog = 100
  private var order = 100

  public static let range = 0...100

  /// Everything has moved.
  public init() {}

  /// 0 ... 100
  public subscript(capability: StranglerCapability) -> Int {
    get {
      switch capability {
      case .review: review
      case .catalog: catalog
      case .order: order
      }
    }
    set {
      switch capability {
      case .review: review = newValue
      case .catalog: catalog = newValue
      case .order: order = newValue
      }
    }
  }

  /// Whether the legacy shop serves a customer.
  func isLegacy(_ capability: StranglerCapability, user: String) -> Bool {
    !TrafficShare(percent: self[capability]).contains(purpose: "strangler/\(capability.rawValue)", user: user)
  }

  /// As the gateways are told; nothing where there is no legacy shop.
  var shares: [StranglerShare] {
    guard isUnderWay else { return [] }
    return StranglerCapability.allCases.map { StranglerShare($0.rawValue, TrafficShare(percent: self[$0])) }
  }

  /// The capability that is easier to move than this one and has not come as far; nil when there is none.
  func easier(than capability: StranglerCapability) -> StranglerCapability? {
    StranglerCapability.allCases.prefix { $0 != capability }.first { self[$0] < self[capability] }
  }

  // MARK: As it is typed

  /// Reads `review=25,order=50`: the legacy shop is there, and what is not named has moved.
  /// - Throws: a sentence that says what would be right.
  public init(parsing text: String) throws(FaultSpecError) {
    isUnderWay = true
    var named: [StranglerCapability] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, let capability = StranglerCapability(typed: name) else {
        let names = StranglerCapability.allCases.map(\.rawValue)
        let all = "there are \(names.joined(separator: ", ")), as in review=25,order=50"
        let advice = NearestNames.offer(for: parts.first ?? "", among: names, otherwise: all)
        throw FaultSpecError("\(quoted(String(word))) moves nothing; \(advice)")
      }
      guard !named.contains(capability) else { throw FaultSpecError("\(capability.rawValue) is there twice") }
      guard parts.count == 2, let share = Int(parts[1]), Self.range.contains(share) else {
        throw FaultSpecError("the share of \(name) is 0 to 100 percent, as in \(name)=25")
      }
      self[capability] = share
      named.append(capability)
    }
  }

  /// As an option of the command line; none without a legacy shop.
  var options: [String] {
    guard isUnderWay else { return [] }
    return ["--strangler " + StranglerCapability.allCases.map { "\($0.rawValue)=\(self[$0])" }.joined(separator: ",")]
  }
}

extension StranglerCapability {
  /// Its name, in singular or plural.
  init?(typed name: String) {
    guard let found = Self.allCases.first(where: { $0.rawValue == name || $0.rawValue + "s" == name }) else {
      return nil
    }
    self = found
  }
}

extension ShopSettings {
  /// How the strangler stands at the start. The legacy shop is there when it is asked for, and when something that is to
  /// happen is about it.
  var stranglerAtStart: StranglerSettings {
    var settings = strangler
    let specs = faults.map(\.spec) + (scenario?.steps ?? []).compactMap(\.armed)
    settings.isUnderWay =
      strangler.isUnderWay || mistakes.contains(.noHandBack) || specs.contains { $0.kind == .mistake(.noHandBack) }
      || scenario?.movesCapabilities == true
    return settings
  }
}

extension Scenario {
  /// Whether one of its steps moves what the legacy shop does.
  var movesCapabilities: Bool { steps.contains { ShopConfiguration.isShare($0.setting) } }
}

extension ScenarioStep {
  fileprivate var armed: FaultSpec? { if case .command(.arm(let spec)) = deed { spec } else { nil } }
  fileprivate var setting: String { if case .command(.configure(let key, _)) = deed { key } else { "" } }
}
