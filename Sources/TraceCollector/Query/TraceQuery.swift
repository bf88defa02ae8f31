/// Which transactions are wanted, said so that a store can look for them among millions of spans.
public indirect enum TraceQuery: Sendable, Equatable {
  case everything
  case not(TraceQuery)
  /// All of them must hold; none holds always.
  case all([TraceQuery])
  /// One of them must hold; none never holds.
  case any([TraceQuery])
  /// From the first start to the last end, in nanoseconds.
  case duration(Comparison, Int64)
  case spans(Comparison, Int)
  /// When the first span began, in nanoseconds since the Unix epoch.
  case start(Comparison, Int64)
  /// As ``TraceSummary/hops``.
  case hops(Comparison, Int)
  /// Spans whose status is error.
  case errors(Comparison, Int)
  case status(TraceSummary.Status)
  /// A service took part that is called so.
  case service(TextMatch)
  /// A span did that.
  case operation(TextMatch)
  /// Of the root: what it did, the attributes `transaction.kind` and `enduser.id`.
  case rootOperation(TextMatch)
  case kind(TextMatch)
  case user(TextMatch)
  /// What a failed span says went wrong, as ``TraceSummary/firstError`` has it for the first of them.
  case firstError(TextMatch)
  /// A span, or the resource that it is of, has an attribute of that name with such a value. Names are compared with case.
  case attribute(String, ValueMatch)
  /// The id begins with these hexadecimal digits.
  case id(prefix: String)

  /// How a number is compared.
  public enum Comparison: Sendable, Equatable, CaseIterable {
    case equal, notEqual, less, atMost, greater, atLeast

    @inlinable
    public func holds<Number: Comparable>(_ number: Number, _ limit: Number) -> Bool {
      switch self {
      case .equal: number == limit
      case .notEqual: number != limit
      case .less: number < limit
      case .atMost: number <= limit
      case .greater: number > limit
      case .atLeast: number >= limit
      }
    }
  }

  /// How a text is compared: without case.
  public enum TextMatch: Sendable, Equatable {
    case equals(String)
    case contains(String)
  }

  /// How an attribute's value is compared.
  public enum ValueMatch: Sendable, Equatable {
    /// It is there, whatever its value.
    case exists
    /// The value as a person reads it: ``AttributeValue/description``.
    case text(TextMatch)
    /// A number, or a text that is one.
    case number(Comparison, Double)
  }
}
