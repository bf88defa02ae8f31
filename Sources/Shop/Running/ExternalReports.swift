internal import Operations
internal import TraceCollector
internal import TraceModel

/// What came in from outside, beside the simulation: simulated load must not push it out.
struct ExternalReports: Sendable {
  let traces = TraceStore(budget: 64 << 20)
  let log = LogBook(capacity: 20_000, bytes: 16_000_000)

  /// The newest lines of one transaction, oldest first.
  func log(of id: GTXID, limit: Int) -> [LogLine] { log.lines(LogFilter(gtxid: id), limit: limit) }
}
