internal import Wording
internal import Yams

/// A value somewhere in a file. Each way to read it answers nil when it is something else, and notes that.
public struct YAMLValue {
  let node: Node
  /// The way to it from the root, such as `steps[2].fault`; empty for a root.
  public let name: String
  public let position: YAMLPosition?
  let context: YAMLContext

  public enum Kind: Sendable {
    case text, list, mapping, nothing
  }

  public var kind: Kind {
    switch node {
    case .mapping: .mapping
    case .sequence: .list
    case .scalar: isNothing ? .nothing : .text
    case .alias: .nothing
    }
  }

  /// What stands there, for a sentence.
  private var asWritten: String {
    switch kind {
    case .nothing: "nothing"
    case .list: "a list"
    case .mapping: "a mapping"
    case .text: quoted(node.scalar?.string ?? "")
    }
  }

  private var isNothing: Bool {
    guard let scalar = node.scalar, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// True where nothing sensible can be said of it, because what is wrong was said already.
  var isBroken: Bool { position.map { context.broken.contains($0) } ?? false }

  /// Text that stands in quotes is text, whatever it looks like.
  public var isPlain: Bool { node.scalar?.style == .plain }

  /// The characters of a scalar, whatever they mean; nil for anything else. Notes nothing.
  public var scalar: String? { kind == .text && !isBroken ? node.scalar?.string : nil }

  // MARK: What is wrong with it

  public func fail(_ message: String) {
    guard !isBroken else { return }
    context.report.error(message, at: position)
  }

  /// Notes what is wrong with a part of a text, so many characters from its beginning.
  public func fail(_ message: String, at offset: Int) {
    guard !isBroken, let position, let style = node.scalar?.style else { return fail(message) }
    let quote = style == .singleQuoted || style == .doubleQuoted ? 1 : 0
    // A block's lines have other columns than its beginning.
    let isInLine = style == .plain || quote == 1
    let place = isInLine ? YAMLPosition(line: position.line, column: position.column + quote + offset) : position
    context.report.error(message, at: place)
  }

  public func warn(_ message: String) { context.report.warn(message, at: position) }

  /// Notes that it is not what it must be: `rate is "fast"; it must be a number`.
  public func fail(mustBe requirement: String) {
    fail("\(name.isEmpty ? "this" : name) is \(asWritten); it must be \(requirement)")
  }

  // MARK: Kinds of values

  /// Text of at least one character.
  public func text() -> String? {
    guard let scalar, !scalar.isEmpty else {
      fail(mustBe: "text")
      return nil
    }
    return scalar
  }

  /// A whole number.
  public func integer<Number: FixedWidthInteger>(in range: ClosedRange<Number>) -> Number? {
    guard let number = plainScalar.flatMap({ Number($0) }), range.contains(number) else {
      fail(mustBe: "a whole number, \(range.lowerBound) to \(range.upperBound)" + hintAtQuotes)
      return nil
    }
    return number
  }

  /// A number, with decimals or without.
  public func number(in range: ClosedRange<Double>) -> Double? {
    guard let number = plainScalar.flatMap(Double.init), range.contains(number) else {
      fail(mustBe: "a number, \(Self.short(range.lowerBound)) to \(Self.short(range.upperBound))" + hintAtQuotes)
      return nil
    }
    return number
  }

  /// `true` or `false`, and none of YAML 1.1's other words.
  public func flag() -> Bool? {
    guard let text = plainScalar, let flag = Bool(text) else {
      fail(mustBe: "true or false" + hintAtQuotes)
      return nil
    }
    return flag
  }

  /// One of some words.
  public func word(among words: [String]) -> String? {
    guard let scalar, words.contains(scalar) else {
      let near = scalar.map { NearestNames.nearest(to: $0, among: words) } ?? []
      let hint = near.first.map { "; do you mean \($0)?" } ?? ""
      fail(mustBe: "one of \(words.joined(separator: ", "))\(hint)")
      return nil
    }
    return scalar
  }

  /// Nanoseconds from a number with a unit: `500ms`, `20s`, `1.5m`.
  public func duration(in range: ClosedRange<Int64>) -> Int64? {
    switch YAMLDuration.read(plainScalar ?? "") {
    case .success(let nanoseconds) where range.contains(nanoseconds): return nanoseconds
    case .success:
      fail(mustBe: "\(YAMLDuration.words(range.lowerBound)) to \(YAMLDuration.words(range.upperBound))")
    case .failure(let problem):
      fail(mustBe: problem.requirement)
    }
    return nil
  }

  /// What `read` makes of the text. Its error is the sentence that is noted.
  public func parsed<Value, Problem: Error & CustomStringConvertible>(
    _ read: (String) throws(Problem) -> Value
  ) -> Value? {
    guard let text = text() else { return nil }
    do throws(Problem) { return try read(text) } catch {
      fail(error.description)
      return nil
    }
  }

  /// The values of a list. An empty one is one.
  public func list() -> [YAMLValue]? {
    guard case .sequence(let sequence) = node else {
      fail(mustBe: "a list, each line of it with \"- \" in front")
      return nil
    }
    return sequence.enumerated().map { index, node in
      YAMLValue(node: node, name: "\(name)[\(index + 1)]", position: node.position, context: context)
    }
  }

  private var plainScalar: String? { isPlain ? scalar : nil }

  private var hintAtQuotes: String { kind == .text && !isPlain ? ", without quotes" : "" }

  private static func short(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
  }
}
