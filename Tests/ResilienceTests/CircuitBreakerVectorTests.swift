import Foundation
import Resilience
import Testing

/// Runs whatever cases the fixture holds: sequences of operations recorded from resilience4j on a virtual clock.
@Suite struct CircuitBreakerVectorTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let id: String
    let json: Data
    var testDescription: String { id }
  }

  static let vectors: [Vector] = {
    guard let url = Bundle.module.url(forResource: "breaker", withExtension: "json", subdirectory: "Fixtures"),
      let file = try? JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any],
      let defaults = file["defaults"] as? [String: Any], let cases = file["vectors"] as? [[String: Any]]
    else { return [] }
    return cases.compactMap { vector in
      var vector = vector
      let own = vector["config"] as? [String: Any] ?? [:]
      vector["config"] = defaults.merging(own) { _, own in own }
      guard let json = try? JSONSerialization.data(withJSONObject: vector) else { return nil }
      return Vector(id: vector["id"] as? String ?? "?", json: json)
    }
  }()

  @Test func thereAreVectors() { #expect(Self.vectors.count >= 30) }

  @Test(arguments: vectors) func replay(_ vector: Vector) throws {
    let object = try #require(try JSONSerialization.jsonObject(with: vector.json) as? [String: Any])
    let start = try #require(object["start_epoch_ms"] as? NSNumber).int64Value
    let steps = try #require(object["steps"] as? [[String: Any]])
    let settings = try VectorSettings.read(try #require(object["config"] as? [String: Any]))
    var replay = try VectorReplay(settings: settings, now: .milliseconds(start))
    for (number, step) in steps.enumerated() {
      let expected = try #require(step["expect"] as? [String: Any])
      let seen = try replay.perform(step)
      for (key, value) in expected {
        #expect(
          seen[key] == VectorReplay.text(value, of: key), "\(vector.id), step \(number) \(step["op"] ?? "?"): \(key)")
      }
      #expect(
        expected["error"] != nil || seen["error"] == nil, "\(vector.id), step \(number): \(seen["error"] ?? "")")
    }
  }
}

/// A configuration as the fixture writes it, numbers and truth values also as text. Keys that do not concern the state
/// machine are passed over.
struct VectorSettings {
  private let config: [String: Any]

  static func read(_ config: [String: Any]) throws -> CircuitBreakerSettings {
    let config = VectorSettings(config: config)
    var settings = CircuitBreakerSettings()
    settings.failureRateThreshold = Float(try config.number("failureRateThreshold"))
    settings.slowCallRateThreshold = Float(try config.number("slowCallRateThreshold"))
    settings.slowCallDurationThreshold = try config.duration("slowCallDurationThresholdMs")
    settings.permittedNumberOfCallsInHalfOpenState = Int(try config.number("permittedNumberOfCallsInHalfOpenState"))
    settings.maxWaitDurationInHalfOpenState = try config.duration("maxWaitDurationInHalfOpenStateMs")
    settings.transitionToStateAfterWaitDuration = try config.state("transitionToStateAfterWaitDuration")
    settings.slidingWindowType = try #require(
      CircuitBreakerSettings.WindowType(rawValue: try config.text("slidingWindowType")))
    settings.slidingWindowSize = Int(try config.number("slidingWindowSize"))
    settings.minimumNumberOfCalls = Int(try config.number("minimumNumberOfCalls"))
    settings.waitIntervalInOpenState = .fixed(try config.duration("waitDurationInOpenStateMs"))
    settings.automaticTransitionFromOpenToHalfOpenEnabled =
      try config.text("automaticTransitionFromOpenToHalfOpenEnabled") == "true"
    settings.initialState = try config.state("initialState")
    if config.has("exponentialBackoffInitialMs") {
      let maximum = "exponentialBackoffMaxMs"
      settings.waitIntervalInOpenState = .exponential(
        initial: try config.duration("exponentialBackoffInitialMs"),
        multiplier: config.has("exponentialBackoffMultiplier")
          ? try config.number("exponentialBackoffMultiplier") : 1.5,
        maximum: config.has(maximum) ? try config.duration(maximum) : nil)
    }
    return settings
  }

  private func has(_ key: String) -> Bool { config[key] != nil }

  private func text(_ key: String) throws -> String {
    switch config[key] {
    case let value as String: return value
    case let value as Bool: return value ? "true" : "false"
    case let value as NSNumber: return value.stringValue
    default: throw VectorProblem(text: "\(key) is \(config[key] ?? "missing")")
    }
  }

  private func number(_ key: String) throws -> Double {
    if let number = config[key] as? NSNumber { return number.doubleValue }
    let text = try text(key)
    guard let number = Double(text) else { throw VectorProblem(text: "\(key) is \(text), not a number") }
    return number
  }

  private func duration(_ key: String) throws -> Duration { .milliseconds(Int64(try number(key))) }

  private func state(_ key: String) throws -> CircuitBreakerState {
    let text = try text(key)
    guard let state = CircuitBreakerState(rawValue: text) else {
      throw VectorProblem(text: "\(key) is \(text), not a state")
    }
    return state
  }
}

struct VectorProblem: Error, CustomStringConvertible {
  let text: String
  var description: String { text }
}

/// One breaker on a virtual clock, and what there is to see of it after each step.
struct VectorReplay {
  private let breaker: CircuitBreaker
  private let events = Journal<String>()
  private var now: Int64

  init(settings: CircuitBreakerSettings, now: Int64) throws {
    self.now = now
    let events = events
    breaker = try CircuitBreaker(name: "vector", settings: settings, now: now) { event in
      events.add(Self.text(event))
    }
  }

  mutating func perform(_ step: [String: Any]) throws -> [String: String] {
    var seen: [String: String] = [:]
    let operation = step["op"] as? String ?? ""
    switch operation {
    case "acquire":
      seen["permitted"] = String(breaker.tryAcquire(now: now))
    case "success":
      breaker.recordSuccess(duration: try nanoseconds(step), now: now)
    case "error":
      let kinds = ["recorded": CircuitBreakerOutcome.recorded, "ignored": .ignored, "not_recorded": .notRecorded]
      let kind = try #require(kinds[step["kind"] as? String ?? "recorded"])
      breaker.recordError(duration: try nanoseconds(step), kind: kind, now: now)
    case "release": breaker.releasePermission(now: now)
    case "advance": advance(by: try nanoseconds(step))
    case "transition", "openFor":
      do {
        if operation == "openFor" {
          try breaker.open(for: try nanoseconds(step), now: now)
        } else {
          try breaker.transition(
            to: try #require(CircuitBreakerState(rawValue: step["to"] as? String ?? "")), now: now)
        }
      } catch is IllegalStateTransition {
        seen["error"] = "IllegalStateTransition"
      }
    case "reset": breaker.reset(now: now)
    case "observe": break
    default: Issue.record("the fixture has an operation \(operation) that is not known here")
    }
    return seen.merging(look()) { seen, _ in seen }
  }

  private mutating func advance(by nanoseconds: Int64) {
    let target = now + nanoseconds
    while let due = breaker.nextTimer, due <= target { breaker.fireTimers(now: due) }
    now = target
  }

  private func nanoseconds(_ step: [String: Any]) throws -> Int64 {
    let keys = ["ms", "duration_ms", "wait_ms", "for_ms", "durationMs", "waitDurationMs"]
    let value = keys.lazy.compactMap { step[$0] as? NSNumber }.first
    return .milliseconds(try #require(value, "a duration in \(step)").int64Value)
  }

  private func look() -> [String: String] {
    let snapshot = breaker.snapshot(now: now)
    return [
      "state": snapshot.state.rawValue, "failureRate": "\(snapshot.failureRate)",
      "slowCallRate": "\(snapshot.slowCallRate)", "buffered": "\(snapshot.bufferedCalls)",
      "failed": "\(snapshot.failedCalls)", "successful": "\(snapshot.successfulCalls)",
      "slow": "\(snapshot.slowCalls)", "slowFailed": "\(snapshot.slowFailedCalls)",
      "notPermitted": "\(snapshot.notPermittedCalls)", "attempts": "\(snapshot.attempts)",
      "events": events.take().joined(separator: " "),
    ]
  }

  private static func text(_ event: CircuitBreakerEvent) -> String {
    if let rate = event.rate { return "\(event.kind.rawValue):\(rate)" }
    if let change = event.transition {
      return "\(event.kind.rawValue):\(change.from.rawValue)_TO_\(change.to.rawValue)"
    }
    return event.kind.rawValue
  }

  /// The fixture's value in the words of `look`: rates are single-precision numbers.
  static func text(_ value: Any, of key: String) -> String {
    switch value {
    case let events as [String]: events.joined(separator: " ")
    case let text as String: text
    case let number as NSNumber where key.hasSuffix("Rate"): "\(number.floatValue)"
    case let number as NSNumber where key == "permitted": String(number.boolValue)
    case let number as NSNumber: "\(number.int64Value)"
    default: "\(value)"
    }
  }
}
