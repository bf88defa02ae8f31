/// Which transactions are wanted: the language that is typed after `/`.
///
///     dur>500ms svc=payment err
///     status=stuck or (op~charge and not user=kim)
///     http.status_code>=500 @retry
///
/// Conditions that stand side by side must all hold; `and` may be written between them. `not` binds closest, then
/// `and`, then `or`. Words and values are compared without case. A value with blanks stands in double quotes. A word with a
/// dot, or with `@` before it, is the name of an attribute of a span, which has a case.
public struct TransactionFilter: Sendable, Equatable {
  /// What was typed, as a tree.
  public indirect enum Expression: Sendable, Equatable {
    /// Lets every transaction through: what an empty text means.
    case everything
    case condition(Condition)
    case not(Expression)
    /// Two or more that must all hold.
    case all([Expression])
    /// Two or more of which one must hold.
    case any([Expression])
  }

  /// One condition.
  public enum Condition: Sendable, Equatable {
    /// Nanoseconds: `dur>500ms`
    case duration(Comparison, Int64)
    /// `hops>=9`
    case hops(Comparison, Int)
    /// Spans that failed: `errors=0`
    case errors(Comparison, Int)
    /// `svc=payment`, `op~charge`
    case text(Field, Match, String)
    /// `status=stuck`, or, with false, `status!=stuck`
    case status(Bool, TransactionState)
    /// The id begins with these digits (or, with false, does not): `gtxid=8f3a`
    case gtxid(Bool, prefix: String)
    case flag(Flag)
    /// A span has an attribute of that name with such a value (of `!=` and `!~`: none has): `http.route=/orders`
    case attribute(String, AttributeTest)
  }

  /// What is asked of an attribute's value.
  public enum AttributeTest: Sendable, Equatable {
    /// That there is one, whatever it is.
    case isThere
    /// As a person reads it.
    case text(Match, String)
    /// A number, or a text that is one.
    case number(Comparison, Double)
  }

  /// A text of the transaction.
  public enum Field: String, Sendable, CaseIterable {
    /// Any service that took part.
    case service = "svc"
    /// What any span did.
    case operation = "op"
    case user, kind
    /// The first error.
    case error
  }

  /// How a text is compared.
  public enum Match: String, Sendable, CaseIterable {
    case equals = "="
    case differs = "!="
    case contains = "~"
    case lacks = "!~"
  }

  /// How a number is compared.
  public enum Comparison: String, Sendable, CaseIterable {
    case equals = "="
    case differs = "!="
    case less = "<"
    case atMost = "<="
    case greater = ">"
    case atLeast = ">="
  }

  /// What a transaction is or is not, in one word.
  public enum Flag: String, Sendable, CaseIterable {
    /// A span failed, or the transaction did.
    case err
    case overdue
    /// It came in from outside.
    case external
  }

  public let expression: Expression

  public init(_ expression: Expression) {
    self.expression = expression
  }

  /// Reads what was typed; nothing but blanks lets everything through.
  public init(parsing text: String) throws(TransactionFilterError) {
    var parser = try TransactionFilterParser(text)
    expression = try parser.parse()
  }

  public var isEmpty: Bool { expression == .everything }
}

/// What is wrong with a filter, where, and what would be right.
public struct TransactionFilterError: Error, Equatable, CustomStringConvertible {
  /// The character it is about, counted from 1; one past the end when something is missing there.
  public let column: Int
  /// A sentence without the place: `unknown word "foo"; there are …`
  public let reason: String

  public init(column: Int, _ reason: String) {
    self.column = column
    self.reason = reason
  }

  public var description: String { "column \(column): \(reason)" }
}
