public import TraceModel

/// One line of a call tree. Whether it is folded is the viewer's business.
public struct CallTreeRow: Sendable, Equatable {
  public enum Content: Sendable, Equatable {
    /// A crossing to another server: `server` is who did the work, when its side was reported, `client` who asked.
    /// At least one of them is there. Both are one row, with the client's times.
    case hop(client: Int?, server: Int?)
    /// Work inside a service.
    case span(node: Int)
    /// A PRODUCER's record, and the first CONSUMER that read it.
    case record(node: Int, consumer: Int?)
    /// `event` is the index in the node's span's events.
    case backOff(node: Int, event: Int)
    /// A call that a guard did not let out.
    case refused(node: Int, event: Int)
    /// A breaker's transition.
    case breaker(node: Int, event: Int)
    /// A record that had been acted on before.
    case duplicate(node: Int, event: Int)
  }

  public internal(set) var content: Content
  /// 0 at the top, one more than the parent's below; a record's row and its consumers' have the same.
  public internal(set) var depth: Int
  /// Index of the row this one folds away with; nil at the top.
  public internal(set) var parent: Int?
  /// One past the last row below this one; `index + 1` when there is none.
  public internal(set) var subtreeEnd: Int
  public internal(set) var hasChildren: Bool
  /// The number to show in the hop column: on hop rows only. Nil there means that the carrier brought none (`·`).
  public internal(set) var ltxid: LTXID?
  /// Who did it: the server, else whom the client names. Empty on events.
  public internal(set) var service: String
  /// Of a record the event's name; of a breaker event the breaker's name; of a refused call the guard's.
  public internal(set) var operation: String
  /// What the operation was done to, such as `sku-18 ×2`; empty when nobody said.
  public internal(set) var subject = ""
  /// Corrected; nanoseconds since the Unix epoch. Of a record that was published after what caused it the end of that.
  public internal(set) var start: Int64
  /// Nanoseconds; of a record the wait until the last of its readers had it. Nil when unknown, and where there is no length.
  public internal(set) var duration: Int64?
  public internal(set) var code: Code
  /// Failed on either side, or was refused.
  public internal(set) var isError: Bool
  /// It sums up what is below it, of which nothing failed: viewers fold it away until somebody wants to see it.
  public internal(set) var isSummary = false
  /// The hop whose work this row undoes.
  public internal(set) var undoes: LTXID?
  /// Which try this is, and of how many.
  public internal(set) var attempt: Int?
  public internal(set) var attempts: Int?
  /// Of a record.
  public internal(set) var topic: String
  public internal(set) var partition: Int64?
  public internal(set) var offset: Int64?
  /// Of a breaker event.
  public internal(set) var from: String
  public internal(set) var to: String

  /// What the last column says.
  public enum Code: Sendable, Equatable {
    case none
    case ok
    /// With the answer's status where there was one.
    case failed(status: Int?)
    /// The answer's status, such as 202.
    case status(Int)
    /// The state in which the entity was left, such as `PENDING`.
    case state(String)
    /// A call that never left.
    case refused
    /// Has not ended, or nobody said when.
    case unknown
  }

  /// The node whose details go with this row: the server's of a hop, if it was reported.
  public var node: Int {
    switch content {
    case .hop(let client, let server): server ?? client ?? 0
    case .span(let node), .record(let node, _), .backOff(let node, _), .refused(let node, _), .breaker(let node, _),
      .duplicate(let node, _):
      node
    }
  }
}
