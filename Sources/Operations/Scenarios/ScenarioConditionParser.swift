internal import Wording

/// Reads conditions: `FIGURE [SUBJECT] COMPARISON VALUE`, with blanks between.
public struct ScenarioConditionParser: Sendable {
  let catalogue: FaultCatalogue
  let topics: [String]

  public init(catalogue: FaultCatalogue, topics: [String]) {
    self.catalogue = catalogue
    self.topics = topics
  }

  private struct Word {
    var text: String
    var offset: Int
  }

  /// Reads `breaker payment>payment-gateway = OPEN`.
  public func parse(_ text: String) throws(ScenarioConditionError) -> ScenarioCondition {
    let words = Self.words(text)
    guard let first = words.first else {
      throw ScenarioConditionError(
        offset: 0, description: "a condition is a figure, a comparison and a value, such as lag payment > 100")
    }
    guard let figure = ScenarioFigureName(rawValue: first.text) else {
      let names = ScenarioFigureName.allCases.map(\.rawValue)
      throw ScenarioConditionError(
        offset: first.offset,
        description: "there is no figure \(quoted(first.text)); \(NearestNames.offer(for: first.text, among: names))")
    }
    var rest = words.dropFirst()
    let subject = try subject(of: figure, &rest, end: text.count)
    let comparison = try comparison(for: figure, rest.popFirst(), end: text.count)
    guard let value = rest.popFirst() else {
      throw ScenarioConditionError(
        offset: text.count, description: "\(figure.rawValue) is compared with what? \(Self.example(figure))")
    }
    if let extra = rest.first {
      throw ScenarioConditionError(
        offset: extra.offset,
        description: "\"\(extra.text)\" is too much: a condition is one figure, one comparison and one value")
    }
    return ScenarioCondition(
      figure: figure, subject: subject, comparison: comparison, value: try self.value(value, of: figure),
      description: words.map(\.text).joined(separator: " "))
  }

  private static func words(_ text: String) -> [Word] {
    var words: [Word] = []
    var current = ""
    for (offset, letter) in text.enumerated() {
      if letter == " " {
        if !current.isEmpty { words.append(Word(text: current, offset: offset - current.count)) }
        current = ""
      } else {
        current.append(letter)
      }
    }
    if !current.isEmpty { words.append(Word(text: current, offset: text.count - current.count)) }
    return words
  }

  // MARK: Its parts

  private func subject(
    of figure: ScenarioFigureName, _ words: inout ArraySlice<Word>, end: Int
  ) throws(ScenarioConditionError) -> String {
    let isGiven = words.first.map { ScenarioCondition.Comparison(rawValue: $0.text) == nil } ?? false
    let allowed = names(for: figure.subject)
    switch figure.subject {
    case .nothing: return ""
    case .serviceOrAll, .groupOrAll, .topicOrAll: if !isGiven { return "" }
    default: break
    }
    guard isGiven, let word = words.popFirst() else {
      throw ScenarioConditionError(
        offset: words.first?.offset ?? end,
        description: "\(figure.rawValue) of what? There are \(allowed.joined(separator: ", "))")
    }
    guard allowed.contains(word.text) || figure.subject == .breaker && isBreakerOfInstance(word.text) else {
      throw ScenarioConditionError(
        offset: word.offset,
        description: "\(figure.rawValue) of \(quoted(word.text)) is not known; "
          + NearestNames.offer(for: word.text, among: allowed))
    }
    return word.text
  }

  private func names(for subject: ScenarioFigureName.Subject) -> [String] {
    switch subject {
    case .nothing: []
    case .service, .serviceOrAll: catalogue.services.map(\.name)
    case .group, .groupOrAll: catalogue.groups
    case .topicOrAll: topics
    case .database: catalogue.databases
    case .breaker: catalogue.edges.map { "\($0.from)>\($0.to)" }
    }
  }

  /// `payment-1>payment-gateway`
  private func isBreakerOfInstance(_ text: String) -> Bool {
    catalogue.edges.contains { edge in
      let count = catalogue.services.first { $0.name == edge.from }?.instances ?? 0
      return count > 0 && (1...count).contains { "\(edge.from)-\($0)>\(edge.to)" == text }
    }
  }

  private func comparison(
    for figure: ScenarioFigureName, _ word: Word?, end: Int
  ) throws(ScenarioConditionError) -> ScenarioCondition.Comparison {
    let allowed: [ScenarioCondition.Comparison] =
      if case .word = figure.kind { [.equal, .notEqual] } else { ScenarioCondition.Comparison.allCases }
    guard let word, let comparison = ScenarioCondition.Comparison(rawValue: word.text), allowed.contains(comparison)
    else {
      let names = allowed.map(\.rawValue).joined(separator: " ")
      let found = word.map { "\"\($0.text)\" is no comparison" } ?? "a comparison is missing"
      throw ScenarioConditionError(
        offset: word?.offset ?? end, description: "\(found); \(figure.rawValue) takes \(names)")
    }
    return comparison
  }

  private func value(_ word: Word, of figure: ScenarioFigureName) throws(ScenarioConditionError) -> ScenarioFigureValue
  {
    var value: ScenarioFigureValue?
    switch figure.kind {
    case .word(let words): value = words.contains(word.text) ? .word(word.text) : nil
    case .count: value = UInt32(word.text).map { .number(Double($0)) }
    case .share: value = word.text.hasSuffix("%") ? FaultNotation.share(word.text).map { .number($0) } : nil
    case .duration: value = FaultNotation.nanoseconds(word.text).map { .number(Double($0)) }
    case .number: value = Double(word.text).flatMap { $0 >= 0 && $0.isFinite ? .number($0) : nil }
    }
    if let value { return value }
    throw ScenarioConditionError(
      offset: word.offset, description: "\(figure.rawValue) cannot be \"\(word.text)\"; it is \(Self.example(figure))")
  }

  private static func example(_ figure: ScenarioFigureName) -> String {
    switch figure.kind {
    case .word(let words): "one of \(words.joined(separator: ", "))"
    case .count: "a whole number"
    case .share: "a share, such as 5%"
    case .duration: "a duration, such as 500ms or 2s"
    case .number: "a number from 0 on"
    }
  }
}
