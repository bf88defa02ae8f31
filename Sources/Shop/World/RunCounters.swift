/// What happened in a run, in numbers; and what put its promises to the test.
final class RunCounters: @unchecked Sendable {
  var spans: UInt64 = 0
  var records: UInt64 = 0
  var commits: UInt64 = 0
  var malformedHeaders: UInt64 = 0
  var duplicatesDelivered: UInt64 = 0
  var duplicatesSuppressed: UInt64 = 0
  /// Partitions with records whose effect stood when their instance crashed, and whose offset did not.
  var crashesBeforeOffsetCommit: UInt64 = 0
  var timeOutsWithUnknownOutcome: UInt64 = 0
  /// Those in which partitions moved: that a group begins to read is none.
  var rebalances: UInt64 = 0
  var deadLetters: UInt64 = 0
  /// Replies to steps of sagas that had been given up.
  var lateAnswers: UInt64 = 0
  /// Product pages from which something was missing.
  var partialPages: UInt64 = 0
  /// Appends that the bus refused to a relay in whose place another was at work.
  var fencedRelays: UInt64 = 0
  /// Instances that the registry took out because their leases had ended.
  var evictions: UInt64 = 0
  /// Looks at the order history; and those that lacked the customer's own last order.
  var historyReads: UInt64 = 0
  var staleHistoryReads: UInt64 = 0
  /// By step, in the order of first use.
  private(set) var compensations: [(step: String, count: UInt64)] = []

  func compensated(step: String) {
    if let index = compensations.firstIndex(where: { $0.step == step }) {
      compensations[index].count += 1
    } else {
      compensations.append((step, 1))
    }
  }
}
