import Operations
import Widgets

/// How faults are written on the screen.
enum FaultText {
  /// `+2 s`, `30 %`; nothing for a kind that is there or not.
  static func amount(of kind: FaultKind) -> String {
    switch kind {
    case .latency(let late), .slowConsumer(let late): "+" + duration(late)
    case .errors(let share), .duplicate(let share): percent(share)
    case .pool(let count): "\(count) left"
    case .skew(let offset): (offset < 0 ? "-" : "+") + duration(abs(offset))
    case .maxConnections(let count): "\(count) in all"
    case .leak(let bytes): rate(bytes)
    case .poison(let count): "×\(count)"
    case .crash, .databaseDown, .outage, .partition, .loseBeforeOutbox, .brokerDown, .full, .down, .mistake: ""
    }
  }

  /// `2 s`, `1.5 s`, `10 m`
  static func duration(_ nanoseconds: Int64) -> String {
    let text = FaultNotation.duration(nanoseconds)
    let unit = text.drop { $0.isNumber || $0 == "." }
    return "\(text.dropLast(unit.count)) \(unit)"
  }

  /// `10 MB/s`
  static func rate(_ bytes: Int64) -> String {
    let text = FaultNotation.bytesPerSecond(bytes)
    let unit = text.drop { $0.isNumber }
    return "\(text.dropLast(unit.count)) \(unit)"
  }

  /// A moment of a scenario, in seconds as its script has them: `34.5 s`, `240 s`; from ten minutes on `12m 05s`.
  static func moment(_ nanoseconds: Int64) -> String {
    let second: Int64 = 1_000_000_000
    guard nanoseconds < 600 * second else { return left(nanoseconds).text }
    let isWhole = nanoseconds % second == 0
    return isWhole ? "\(nanoseconds / second) s" : "\((Double(nanoseconds) / 1e8).rounded() / 10) s"
  }

  /// How long something lasts: `60 s`, `4m 12s`.
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
    case .sharedDatabase: "shared database"
    case .database(let name): "database of \(name)"
    case .group(let name): "group \(name)"
    case .topic(let name): "topic \(name)"
    case .broker: "event bus"
    case .keyValueStore: "key-value store"
    }
  }
}
