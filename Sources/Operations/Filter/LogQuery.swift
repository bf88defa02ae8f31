internal import TraceModel

/// Which lines of the log are wanted: the language that is typed after `/` on the log.
///
///     timeout level>=warn svc=payment,order -retry "not charged" gtxid=8f3a #4
///
/// Terms between blanks must all hold; one with `-` before it must not. A word stands in the message, or in the name of the
/// service or instance. Words and values are compared without case; what has a blank in it stands in double quotes, and
/// what would be a term of the language otherwise does too.
public struct LogQuery: Sendable, Equatable {
  public enum Condition: Sendable, Equatable {
    case word(String)
    /// `text=timeout`: in the message alone.
    case text(String)
    /// `level>=warn`
    case level(Comparison, LogLine.Level)
    /// `svc=payment,order`: one of them.
    case service([String])
    /// `inst=payment-2`
    case instance([String])
    /// `gtxid=8f3a`: begins so, or has these 16 digits as its low half; in small letters.
    case gtxid(String)
    /// `hop=4`, `#4`
    case hop(UInt32)
  }

  public enum Comparison: String, Sendable, CaseIterable {
    case equals = "="
    case differs = "!="
    case less = "<"
    case atMost = "<="
    case more = ">"
    case atLeast = ">="

    fileprivate func holds(_ one: LogLine.Level, _ other: LogLine.Level) -> Bool {
      switch self {
      case .equals: one == other
      case .differs: one != other
      case .less: one < other
      case .atMost: one <= other
      case .more: one > other
      case .atLeast: one >= other
      }
    }
  }

  public struct Term: Sendable, Equatable {
    public var condition: Condition
    /// False for one that must not hold.
    public var isWanted: Bool

    public init(_ condition: Condition, isWanted: Bool = true) {
      (self.condition, self.isWanted) = (condition, isWanted)
    }
  }

  public let terms: [Term]

  public init(_ terms: [Term] = []) {
    self.terms = terms
  }

  /// - Throws: what is wrong, in a sentence, and where.
  public init(parsing text: String) throws(LogQueryError) {
    var parser = LogQueryParser(text)
    terms = try parser.parse()
  }

  /// The words that a line was found by: what is marked in its message.
  public var marked: [String] {
    terms.compactMap { term in
      switch term.condition {
      case .word(let word), .text(let word): term.isWanted && !word.isEmpty ? word : nil
      default: nil
      }
    }
  }

  /// A name as it is typed after `svc=`: in quotes where it would be read as something else.
  public static func quoted(_ name: String) -> String {
    guard name.isEmpty || name.contains(where: { $0.isWhitespace || "\",\\".contains($0) }) else { return name }
    return "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

/// What is wrong with a filter of the log.
public struct LogQueryError: Error, Equatable, CustomStringConvertible {
  /// Of the character, counted from 1.
  public let column: Int
  public let reason: String

  public var description: String { "at \(column): \(reason)" }
}

/// A filter made ready to look at many lines.
public struct LogMatch: Sendable {
  private enum Test: Sendable {
    case word(FoldedWord)
    case text(FoldedWord)
    case level(LogQuery.Comparison, LogLine.Level)
    case service([String])
    case instance([String])
    case gtxid(String)
    case hop(UInt32)
  }

  private let filter: LogFilter
  private let tests: [(test: Test, isWanted: Bool)]

  /// A text that is no filter of the language is looked for as it stands.
  public init(_ filter: LogFilter) {
    self.filter = filter
    let query = (try? LogQuery(parsing: filter.text)) ?? LogQuery([LogQuery.Term(.word(filter.text))])
    tests = query.terms.map { (Self.test($0.condition), $0.isWanted) }
  }

  private static func test(_ condition: LogQuery.Condition) -> Test {
    switch condition {
    case .word(let word): .word(FoldedWord(word))
    case .text(let text): .text(FoldedWord(text))
    case .level(let comparison, let level): .level(comparison, level)
    case .service(let names): .service(names.map { $0.lowercased() })
    case .instance(let names): .instance(names.map { $0.lowercased() })
    case .gtxid(let digits): .gtxid(digits)
    case .hop(let hop): .hop(hop)
    }
  }

  /// Whether it lets through every line.
  public var isEverything: Bool {
    filter.atLeast == .debug && filter.service == nil && filter.gtxid == nil && tests.isEmpty
  }

  public func lets(through line: LogLine) -> Bool {
    if line.level < filter.atLeast { return false }
    if let until = filter.until, line.time > until { return false }
    if let gtxid = filter.gtxid, !(line.gtxid?.isSame(as: gtxid) ?? false) { return false }
    if let service = filter.service, line.service != service { return false }
    return tests.allSatisfy { Self.holds($0.test, line) == $0.isWanted }
  }

  private static func holds(_ test: Test, _ line: LogLine) -> Bool {
    switch test {
    case .word(let word): word.isIn(line.message) || word.isIn(line.service) || word.isIn(line.instance)
    case .text(let text): text.isIn(line.message)
    case .level(let comparison, let level): comparison.holds(line.level, level)
    case .service(let names): names.contains(line.service.lowercased())
    case .instance(let names): names.contains(line.instance.lowercased())
    case .gtxid(let digits): line.gtxid?.matches(prefix: digits) ?? false
    case .hop(let hop): line.ltxid?.number == hop
    }
  }
}
