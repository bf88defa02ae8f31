/// Finds the transactions that need somebody, and puts those that are alike together.
struct AttentionFinder {
  let snapshot: SystemSnapshot

  /// Nanoseconds: what was compensated longer ago needs nobody.
  private static let recent: Int64 = 60_000_000_000
  /// Where spans are all that is known nobody tells what became of a failure, and it stays in sight for longer.
  private static let lately: Int64 = 300_000_000_000
  private static let limit = 12

  /// Stuck ones one by one; then failed, compensated and overdue ones by their reason, most first. Where spans are all
  /// that is known, those with an error by what failed first, the newest first.
  ///
  /// Where there are more of them than are listed the last one says so, and with it their sum.
  var items: [AttentionItem] {
    if snapshot.system.isOnlyWatched {
      let failed = snapshot.transactions.filter {
        $0.state == .error && snapshot.time - $0.start - $0.duration < Self.lately
      }
      var groups = Self.listed(groups(of: failed, as: .error) { $0.firstError })
      if snapshot.moreHaveFailed {
        for place in groups.indices { groups[place].isAtLeast = true }
      }
      return groups
    }
    let stuck = snapshot.transactions.filter { $0.state == .stuck }.map { transaction in
      AttentionItem(
        state: .stuck, gtxid: transaction.gtxid, duration: transaction.duration, reason: transaction.stuckReason,
        count: 1)
    }
    return Self.listed(stuck + grouped(.failed) + grouped(.compensated) + overdue)
  }

  private static func listed(_ groups: [AttentionItem]) -> [AttentionItem] {
    var listed = Array(groups.prefix(limit))
    if groups.count > limit { listed[limit - 1].isAtLeast = true }
    return listed
  }

  private func grouped(_ state: TransactionState) -> [AttentionItem] {
    group(
      snapshot.transactions.filter {
        $0.state == state && !$0.isExternal && !$0.isBusinessDecision
          && snapshot.time - $0.start - $0.duration < Self.recent
      }, as: state
    ) { $0.firstError }
  }

  private var overdue: [AttentionItem] {
    Self.mostFirst(
      snapshot.overdue.map { group in
        AttentionItem(
          state: group.state, gtxid: group.gtxid, duration: snapshot.time - group.start, reason: group.reason(),
          count: group.count)
      })
  }

  private func group(
    _ transactions: [TransactionSummary], as state: TransactionState, by reason: (TransactionSummary) -> String
  ) -> [AttentionItem] { Self.mostFirst(groups(of: transactions, as: state, by: reason)) }

  /// The newest stands for all with the same reason. There is one more than is listed where there are too many to list,
  /// so that this is seen.
  private func groups(
    of transactions: [TransactionSummary], as state: TransactionState, by reason: (TransactionSummary) -> String
  ) -> [AttentionItem] {
    var groups: [AttentionItem] = []
    for transaction in transactions {
      let reason = reason(transaction)
      if let index = groups.firstIndex(where: { $0.reason == reason }) {
        groups[index].count += 1
      } else if groups.count <= Self.limit {
        groups.append(
          AttentionItem(
            state: state, gtxid: transaction.gtxid, duration: transaction.duration, reason: reason, count: 1))
      }
    }
    return groups
  }

  /// Stable, so that equal ones keep their place from one moment to the next.
  private static func mostFirst(_ groups: [AttentionItem]) -> [AttentionItem] {
    groups.enumerated().sorted {
      $0.element.count != $1.element.count ? $0.element.count > $1.element.count : $0.offset < $1.offset
    }.map(\.element)
  }
}
