/// A figure, a comparison and a value: `lag payment > 100`.
public struct ScenarioCondition: Sendable, Equatable, CustomStringConvertible {
  public enum Comparison: String, Sendable, CaseIterable {
    case equal = "="
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case below = "<"
    case above = ">"
  }

  public var figure: ScenarioFigureName
  /// The service, group, topic, breaker or reason; empty for the whole system.
  public var subject: String
  public var comparison: Comparison
  public var value: ScenarioFigureValue
  /// As it was written.
  public var description: String

  /// What the figure is, and whether the condition holds; nil when the figure is not known.
  func judge(_ moment: ScenarioMoment, since start: ScenarioMoment) -> (holds: Bool, figure: String)? {
    guard let now = moment.value(of: figure, subject, since: start) else { return nil }
    return (holds(now), words(now))
  }

  private func holds(_ now: ScenarioFigureValue) -> Bool {
    switch (now, value) {
    case (.word(let now), .word(let value)): return (now == value) == (comparison == .equal)
    case (.number(let now), .number(let value)):
      switch comparison {
      case .equal: return now == value
      case .notEqual: return now != value
      case .atMost: return now <= value
      case .atLeast: return now >= value
      case .below: return now < value
      case .above: return now > value
      }
    default: preconditionFailure("a figure is compared with a value of its own kind; the parser sees to that")
    }
  }

  /// `OPEN`, `1,204`, `12.5%`, `84ms`
  func words(_ value: ScenarioFigureValue) -> String {
    switch value {
    case .word(let word): return word
    case .number(let number):
      switch figure.kind {
      case .share: return FaultNotation.percent((number * 10_000).rounded() / 10_000)
      case .duration: return Self.duration(number)
      case .number: return "\((number * 10).rounded() / 10)"
      case .count, .word: return Count.grouped(Int64(number))
      }
    }
  }

  /// To a tenth of a millisecond below ten of them, to a whole one above, and from a second on to a tenth of it.
  private static func duration(_ nanoseconds: Double) -> String {
    let tenths = (nanoseconds / 1e5).rounded()
    let whole = (nanoseconds / 1e6).rounded()
    if whole >= 1_000 { return "\((nanoseconds / 1e8).rounded() / 10)s" }
    return tenths < 100 ? "\(tenths / 10)ms" : "\(Int64(whole))ms"
  }
}

/// Why a condition cannot be read.
public struct ScenarioConditionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Characters from the beginning of the text to what is wrong.
  public let offset: Int
  public let description: String
}
