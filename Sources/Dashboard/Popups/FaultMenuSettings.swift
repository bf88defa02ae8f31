import Operations
import Widgets

/// What is set up in the menu of faults: a kind, how strong, for whom and how long.
struct FaultMenuSettings: Sendable, Hashable {
  static let delays: [Int64] = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000, 60_000]
    .map { $0 * 1_000_000 }
  static let shares: [Double] = [0.01, 0.02, 0.05] + (1...10).map { Double($0) / 10 }
  /// Nanoseconds; nil: until it is switched off.
  static let times: [Int64?] = [30_000_000_000, 120_000_000_000, 600_000_000_000, nil]

  let service: String
  let instances: Int
  var kind: FaultKind.Name
  /// 0: all instances; else the number of one.
  var instance = 0
  var delay: Int64 = 2_000_000_000
  var slowness: Int64 = 500_000_000
  var errors = 1.0
  var share = 1.0
  var time: Int64? = 30_000_000_000

  init(service: String, instances: Int, kind: FaultKind.Name) {
    self.service = service
    self.instances = instances
    self.kind = kind
  }

  var target: FaultTarget { instance == 0 ? .service(service) : .instance(service: service, number: instance) }

  var spec: FaultSpec {
    FaultSpec(
      target: target, kind: faultKind, scope: FaultScope(share: takesShare ? share : 1), timeToLive: time)
  }

  private var faultKind: FaultKind {
    switch kind {
    case .latency: .latency(delay)
    case .errors: .errors(errors)
    case .slowConsumer: .slowConsumer(slowness)
    case .crash: .crash
    case .databaseDown: .databaseDown
    case .outage: .outage
    }
  }

  var takesIntensity: Bool { [.latency, .errors, .slowConsumer].contains(kind) }
  /// What is gone is gone for everybody.
  var takesShare: Bool { takesIntensity }

  /// What the slider of the intensity is called.
  var intensityName: String { kind == .errors ? "failing" : "delay" }

  var intensityText: String { FaultText.amount(of: faultKind) }

  /// Where the slider stands, 0…1.
  var intensityPosition: Double {
    kind == .errors
      ? Self.position(of: errors, in: Self.shares)
      : Self.position(of: kind == .latency ? delay : slowness, in: Self.delays)
  }

  mutating func stepIntensity(by step: Int) {
    switch kind {
    case .latency: delay = Self.stepped(delay, by: step, in: Self.delays)
    case .slowConsumer: slowness = Self.stepped(slowness, by: step, in: Self.delays)
    case .errors: errors = Self.stepped(errors, by: step, in: Self.shares)
    case .crash, .databaseDown, .outage: break
    }
  }

  mutating func stepShare(by step: Int) { share = Self.stepped(share, by: step, in: Self.shares) }

  mutating func stepInstance(by step: Int) { instance = max(0, min(instances > 1 ? instances : 0, instance + step)) }

  mutating func stepTime(by step: Int) {
    let place = Self.times.firstIndex(of: time) ?? 0
    time = Self.times[max(0, min(Self.times.count - 1, place + step))]
  }

  /// Takes over what an armed fault was set up with.
  mutating func take(_ spec: FaultSpec) {
    kind = spec.kind.name
    switch spec.kind {
    case .latency(let late): delay = late
    case .slowConsumer(let late): slowness = late
    case .errors(let share): errors = share
    case .crash, .databaseDown, .outage: break
    }
    // There may be fewer instances by now.
    if case .instance(_, let number) = spec.target { instance = max(0, min(number, max(1, instances))) }
    share = spec.scope.share
    time = spec.timeToLive
  }

  /// The next value on the scale; one that is not on it goes to the nearest on that side.
  private static func stepped<Value: Comparable>(_ value: Value, by step: Int, in scale: [Value]) -> Value {
    let next = step > 0 ? scale.first { $0 > value } : scale.last { $0 < value }
    return next ?? value
  }

  private static func position<Value: Comparable>(of value: Value, in scale: [Value]) -> Double {
    Double(scale.lastIndex { $0 <= value } ?? 0) / Double(scale.count - 1)
  }
}

/// How faults are written on the screen.
enum FaultText {
  /// `+2 s`, `30 %`; nothing for a kind that is there or not.
  static func amount(of kind: FaultKind) -> String {
    switch kind {
    case .latency(let late), .slowConsumer(let late): "+" + duration(late)
    case .errors(let share): percent(share)
    case .crash, .databaseDown, .outage: ""
    }
  }

  /// `2 s`, `1.5 s`, `10 m`
  static func duration(_ nanoseconds: Int64) -> String {
    let text = FaultNotation.duration(nanoseconds)
    let unit = text.drop { $0.isNumber || $0 == "." }
    return "\(text.dropLast(unit.count)) \(unit)"
  }

  /// How long something still lasts: `60 s`, `4m 12s`.
  static func left(_ nanoseconds: Int64) -> Figure {
    let seconds = max(0, nanoseconds) / 1_000_000_000
    return seconds < 120 ? Figure("\(seconds)", unit: " s") : Figures.duration(seconds * 1_000_000_000)
  }

  /// `30 %`
  static func percent(_ share: Double) -> String { "\(FaultNotation.percent(share).dropLast()) %" }

  /// `payment`, `payment-2`, `payment → payment-gateway`, `database of order`, `group payment`
  static func name(of target: FaultTarget) -> String {
    switch target {
    case .service(let name): name
    case .instance(let service, let number): "\(service)-\(number)"
    case .edge(let from, let to): "\(from) → \(to)"
    case .database(let name): "database of \(name)"
    case .group(let name): "group \(name)"
    }
  }
}
