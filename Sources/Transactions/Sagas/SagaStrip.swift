/// A saga in one line: `✓ credit ✓ stock ✗ charge ↺ stock ↺ credit`.
public struct SagaStrip: Sendable, Hashable {
  public enum Mark: String, Sendable, Hashable {
    case done = "✓"
    case failed = "✗"
    /// It did not answer: nobody knows.
    case unknown = "?"
    case underWay = "…"
    case undone = "↺"
    case undoUnderWay = "↺…"
    case undoFailed = "↺✗"

    init?(action: SagaActionState) {
      switch action {
      case .pending, .skipped: return nil
      case .sent, .waiting: self = .underWay
      case .done: self = .done
      case .failed, .exhausted: self = .failed
      case .unknown: self = .unknown
      }
    }

    init?(undo: SagaUndoState) {
      switch undo {
      case .none, .skipped: return nil
      case .sent: self = .undoUnderWay
      case .done: self = .undone
      case .refused, .unanswered: self = .undoFailed
      }
    }
  }

  public struct Entry: Sendable, Hashable {
    public let mark: Mark
    public let label: String
  }

  public let entries: [Entry]
  /// It was concluded from events, since nobody coordinates the saga.
  public let isInferred: Bool

  public var text: String { entries.map { "\($0.mark.rawValue) \($0.label)" }.joined(separator: " ") }
}
