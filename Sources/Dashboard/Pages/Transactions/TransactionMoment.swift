import Operations
import TraceCollector
import TraceModel

/// Something that happened in a transaction, for the list in the order of time: a row of its tree begins, or somebody
/// wrote a line of the log.
struct TransactionMoment: Sendable {
  /// Nanoseconds since the Unix epoch.
  let time: Int64
  /// The row of the call tree it belongs to; nil for a line of the log whose hop is not known.
  let row: Int?
  let line: LogLine?

  static func all(of detail: TransactionDetail) -> [TransactionMoment] {
    var hops: [LTXID: Int] = [:]
    var moments: [TransactionMoment] = []
    moments.reserveCapacity(detail.tree.rows.count + detail.log.count)
    for (index, row) in detail.tree.rows.enumerated() {
      if let hop = row.ltxid, hops[hop] == nil { hops[hop] = index }
      moments.append(TransactionMoment(time: row.start, row: index, line: nil))
    }
    for line in detail.log {
      moments.append(TransactionMoment(time: line.time, row: line.ltxid.flatMap { hops[$0] }, line: line))
    }
    return moments.sorted { $0.time < $1.time }
  }
}
