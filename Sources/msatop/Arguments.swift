import ArgumentParser
import Connectors
import Drawing
import Foundation
import Operations
import Shop
import Widgets
import Wording

/// How the values of options are read. What cannot be read is answered with what would be right.
enum Arguments {
  static func duration(_ text: String) throws -> Int64 {
    guard let nanoseconds = FaultNotation.nanoseconds(text) else {
      throw ValidationError("a duration is a number and a unit: 30s, 10m, 1h or 500ms")
    }
    return nanoseconds
  }

  static func rate(_ text: String) throws -> Double {
    guard let rate = Double(text), (0...10_000).contains(rate) else {
      throw ValidationError("a rate is 0 to 10000 transactions a second")
    }
    return rate
  }

  static func rounds(_ text: String) throws -> Int {
    guard let rounds = Int(text), (1...1_000).contains(rounds) else {
      throw ValidationError("a figure is measured 1 to 1000 times")
    }
    return rounds
  }

  static func gigabytes(_ text: String) throws -> Int {
    guard let gigabytes = Int(text), (1...100).contains(gigabytes) else {
      throw ValidationError("a large log has 1 to 100 GB")
    }
    return gigabytes
  }

  static func seed(_ text: String) throws -> UInt64 {
    guard let seed = UInt64(text) else { throw ValidationError("a seed is a whole number from 0 on") }
    return seed
  }

  static func speed(_ text: String) throws -> Speed {
    guard let speed = Speed(text) else { throw ValidationError("a speed is 0.1 to 100, or max") }
    return speed
  }

  static func fault(_ text: String) throws -> FaultSpec {
    do {
      return try FaultParser(catalogue: SimulatedShop.catalogue).parse(text)
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// All that there are, as a help says it.
  static func names<Choice: CaseIterable & RawRepresentable<String>>(_ choices: Choice.Type) -> String {
    choices.allCases.map(\.rawValue).joined(separator: ", ")
  }

  static func journeys(_ text: String) throws -> [(journey: Journey, weight: Double)] {
    try weights(text, of: "journey", among: Journey.allCases.map(\.rawValue)).compactMap { name, weight in
      Journey(rawValue: name).map { ($0, weight) }
    }
  }

  static func sagas(_ text: String) throws -> [(saga: SagaKind, weight: Double)] {
    try weights(text, of: "saga", among: SagaKind.allCases.map(\.rawValue)).compactMap { name, weight in
      SagaKind(rawValue: name).map { ($0, weight) }
    }
  }

  /// Reads `buy=50,browse=25`; a name alone weighs 1.
  private static func weights(_ text: String, of what: String, among names: [String]) throws -> [(String, Double)] {
    var weights: [(String, Double)] = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let name = parts.first, names.contains(name) else {
        let advice = NearestNames.offer(for: parts.first ?? "", among: names)
        throw ValidationError("\(quoted(String(word))) is no \(what); \(advice)")
      }
      guard !weights.contains(where: { $0.0 == name }) else {
        throw ValidationError("\(what) \(name) is there twice; give it one weight")
      }
      guard let weight = parts.count == 1 ? 1 : Double(parts[1]), (0...1_000_000).contains(weight) else {
        throw ValidationError("the weight of \(what) \(name) is a number from 0 to 1000000, as in \(name)=3")
      }
      weights.append((name, weight))
    }
    guard weights.contains(where: { $0.1 > 0 }) else {
      throw ValidationError("at least one \(what) must have a weight over 0")
    }
    return weights
  }

  /// A fault, and from when on: `payment:crash,ttl=3s@12s`; at once without a time.
  static func timedFault(_ text: String) throws -> ChaosPlan.Fault {
    let (spec, time) = try timed(text)
    return ChaosPlan.Fault(at: time, spec: try fault(spec))
  }

  /// A crash at a point, and from when on it waits for it: `order:P4,nth=3@12s`.
  static func crash(_ text: String) throws -> ChaosPlan.Crash {
    let (spec, time) = try timed(text)
    do throws(FaultSpecError) {
      return ChaosPlan.Crash(at: time, spec: try CrashSpec(parsing: spec))
    } catch {
      throw ValidationError(error.description)
    }
  }

  private static func timed(_ text: String) throws -> (spec: String, time: Int64) {
    guard let sign = text.lastIndex(of: "@") else { return (text, 0) }
    return (String(text[..<sign]), try duration(String(text[text.index(after: sign)...])))
  }

  static func strangler(_ text: String) throws -> StranglerSettings {
    do throws(FaultSpecError) {
      return try StranglerSettings(parsing: text)
    } catch {
      throw ValidationError(error.description)
    }
  }

  static func mistake(_ text: String) throws -> Mistake {
    guard let mistake = Mistake(rawValue: text) else {
      throw unknown("mistake", text, among: Mistake.allCases.map(\.rawValue))
    }
    return mistake
  }

  static func orderStore(_ text: String) throws -> OrderStore {
    guard let store = OrderStore(rawValue: text) else {
      throw unknown("order store", text, among: OrderStore.allCases.map(\.rawValue))
    }
    return store
  }

  /// `1..1000`, or one seed.
  static func seeds(_ text: String) throws -> ClosedRange<UInt64> {
    let parts = text.components(separatedBy: "..")
    guard parts.count <= 2, let first = UInt64(parts[0]), let last = UInt64(parts[parts.count - 1]), first <= last,
      last - first < 1_000_000
    else { throw ValidationError("seeds are a range such as 1..1000, a million of them at most") }
    return first...last
  }

  static func theme(_ text: String) throws -> String {
    guard Theme.builtInNames.contains(text) else { throw unknown("theme", text, among: Theme.builtInNames) }
    return text
  }

  /// What is said of a name that there is not: the nearest one, or all.
  static func unknown(_ what: String, _ name: String, among names: [String]) -> ValidationError {
    ValidationError(NearestNames.unknown(what, name, among: names))
  }

  /// `256MB`, `1GB`; a megabyte has a million bytes, as wherever sizes are shown.
  static func memory(_ text: String) throws -> Int {
    let units = ["KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000]
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let unit = units[text.dropFirst(digits.count).uppercased()], let number = Double(digits),
      case let bytes = number * Double(unit), (1_000_000...1_000_000_000_000).contains(bytes)
    else { throw ValidationError("a size of memory is 1MB to 1TB, such as 256MB or 2GB") }
    return Int(bytes)
  }

  static func origins(_ text: String) throws -> AllowedOrigins {
    do {
      return try AllowedOrigins(parsing: text)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  static func listening(_ text: String) throws -> Listening {
    do {
      return try Listening(parsing: text)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
