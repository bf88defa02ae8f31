internal import Operations
internal import Simulation

/// What chaos draws from: every kind of fault that the shop's catalogue knows, on every target that it applies to.
/// Mistakes are none of them: under those nothing has to hold.
enum ChaosCatalogue {
  /// Strengths to choose from, by the name of the kind. A kind that is not listed comes as strong as it is by itself.
  private static let strengths: [String: [String]] = [
    "latency": ["=50ms", "=900ms", "=1200ms", "=2s", "=7s", "=9s"],
    "errors": ["=5%", "=30%", "=100%", "=100%"],
    "slow": ["=100ms", "=500ms"],
    "pool": ["=0", "=1"],
    "poison": ["=1", "=2"],
    "duplicate": ["=5%", "=30%", "=100%"],
    "skew": ["=+2s", "=-500ms", "=+45s", "=-20s"],
    "leak": ["=200MB/s", "=800MB/s"],
  ]

  private static let scopes = ["", "", "", "", ",share=30%", ",user=kim", ",route=/orders", ",route=/charge"]
  private static let times = ["300ms", "2s", "4s", "9s", "15s", "40s"]

  /// All pairs of a target and a kind that can be typed, by kind, so that a kind with few targets is drawn as often. The
  /// registry is not cut off: no fault of a chaos lasts as long as a lease, and before that nothing comes of it.
  private static let choices: [(kind: String, targets: [String])] = {
    let (catalogue, parser) = (ShopPlan.catalogue, FaultParser(catalogue: ShopPlan.catalogue))
    var targets = catalogue.services.map(\.name)
    targets += catalogue.services.filter { $0.instances > 1 }
      .flatMap { service in (1...service.instances).map { "\(service.name)/\($0)" } }
    targets += catalogue.edges.map { "\($0.from)>\($0.to)" } + catalogue.databases.map { "db:\($0)" }
    targets += catalogue.groups.map { "group:\($0)" } + catalogue.topics.map { "topic:\($0.name)" } + ["broker", "kv"]
    return FaultKind.Name.allCases.filter { $0.mistake == nil }.map(\.rawValue).map { kind in
      (kind, targets.filter { (try? parser.parse("\($0):\(kind)")) != nil && !isRegistryCutOff($0, kind) })
    }.filter { !$0.targets.isEmpty }
  }()

  private static func isRegistryCutOff(_ target: String, _ kind: String) -> Bool {
    kind == FaultKind.Name.partition.rawValue && target == ShopPlan.registry
  }

  /// Whose dead letters leave an order undecided.
  static let participants = [ShopPlan.inventory, ShopPlan.payment, ShopPlan.customer, ShopPlan.shipping]

  /// One of them fails for so long that what it cannot handle is put aside.
  static func longFailure(_ random: inout RandomStream) -> FaultSpec {
    FaultSpec(
      target: .service(participants[random.below(participants.count)]), kind: .errors(1),
      timeToLive: longFailureTime)
  }

  static let longFailureTime: Int64 = 40_000_000_000

  /// The kinds that are drawn.
  static var kinds: [String] { choices.map(\.kind) + [FaultKind.Name.maxConnections.rawValue] }

  /// The server that five services share takes fewer than they want, for a time.
  static func fewerConnections(_ random: inout RandomStream) -> FaultSpec {
    let (counts, seconds) = ([5, 20, 60], [2, 9, 15, 40] as [Int64])
    return FaultSpec(
      target: .sharedDatabase, kind: .maxConnections(counts[random.below(counts.count)]),
      timeToLive: seconds[random.below(seconds.count)] * 1_000_000_000)
  }

  static func fault(_ random: inout RandomStream) -> FaultSpec {
    let choice = choices[random.below(choices.count)]
    let target = choice.targets[random.below(choice.targets.count)]
    let strengths = strengths[choice.kind] ?? [""]
    let words = [
      strengths[random.below(strengths.count)], scopes[random.below(scopes.count)],
      ",ttl=" + times[random.below(times.count)],
    ]
    let parser = FaultParser(catalogue: ShopPlan.catalogue)
    // A strength or a scope may not fit this target: then it comes without.
    for text in [words.joined(), words[0] + words[2], words[2]] {
      if let spec = try? parser.parse("\(target):\(choice.kind)\(text)") { return spec }
    }
    preconditionFailure("\(target):\(choice.kind) was typed before, and can be kept to a time")
  }

  /// An instance, or all of a service, that goes and soon comes back.
  static func instanceCrash(_ random: inout RandomStream) -> FaultSpec {
    let services = ShopPlan.services.filter { !$0.isOutside }
    let service = services[random.below(services.count)]
    let number = random.below(service.instances + 1)
    let milliseconds = [3, 20, 60, 200, 800, 2500] as [Int64]
    return FaultSpec(
      target: number == 0 ? .service(service.name) : .instance(service: service.name, number: number), kind: .crash,
      timeToLive: milliseconds[random.below(milliseconds.count)] * 1_000_000)
  }

  private static let points = CrashPoint.allCases.filter { $0.absence == nil }

  /// A crash that waits for the place to be passed more often may wait in vain.
  private static func mostPasses(of point: CrashPoint) -> Int {
    switch point {
    // Few records come in one batch, and old rows are pruned once in five seconds.
    case .withinBatch, .inboxPruned: 1
    // Of a view of few documents a rebuild has few steps, and one price changes in five seconds.
    case .rebuilding, .halfEmitted: 3
    default: 12
    }
  }

  static func crash(_ random: inout RandomStream) -> CrashSpec {
    let point = points[random.below(points.count)]
    let service = point.services[random.below(point.services.count)]
    let instances = ShopPlan.services.first { $0.name == service }?.instances ?? 1
    let nth = 1 + random.below(mostPasses(of: point))
    let down = [50_000_000, 1_000_000_000, 4_000_000_000, 12_000_000_000] as [Int64]
    let number = random.below(2 * instances)
    return CrashSpec(
      service: service, instance: number < instances ? number + 1 : nil, point: point, nth: nth,
      down: down[random.below(down.count)])
  }
}
