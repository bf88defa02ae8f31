internal import TraceModel

/// The rules that an operator is told of when they do not hold.
struct AlertRules {
  let snapshot: SystemSnapshot

  /// Severe ones first, then the oldest.
  var items: [AlertItem] {
    (bus + services + breakers + lags + stuck + shortages).enumerated().sorted { left, right in
      if left.element.isSevere != right.element.isSevere { return left.element.isSevere }
      return left.element.since != right.element.since
        ? left.element.since < right.element.since : left.offset < right.offset
    }.map(\.element)
  }

  private var bus: [AlertItem] {
    let away = snapshot.topics.count { !$0.isAvailable }
    guard away > 0 else { return [] }
    return [
      AlertItem(
        rule: "event bus is down", subject: SystemSnapshot.busName, since: snapshot.busDownSince ?? snapshot.time,
        value: "\(Count.of(away, "topic")) away", team: "", isSevere: true)
    ]
  }

  private var services: [AlertItem] {
    snapshot.services.filter { $0.health == .down || $0.health == .degraded }.map { service in
      AlertItem(
        rule: service.health == .down ? "service is down" : "service is degraded", subject: service.name,
        since: service.since, value: service.reason, team: service.team, isSevere: service.health == .down)
    }
  }

  private var breakers: [AlertItem] {
    snapshot.breakers.filter { $0.state == .open || $0.state == .forcedOpen || $0.isStuck }.map { breaker in
      AlertItem(
        rule: breaker.isStuck ? "breaker is stuck in its trial" : "breaker is open", subject: breaker.label,
        since: breaker.since, value: "\(Count.grouped(breaker.rejected)) rejected", team: team(of: breaker.caller),
        isSevere: breaker.isStuck)
    }
  }

  private var lags: [AlertItem] {
    snapshot.topics.flatMap { topic in
      topic.groups.filter { ($0.verdict ?? .ok) != .ok }.map { group in
        AlertItem(
          rule: "lag of a group is \(group.verdict?.rawValue ?? "")", subject: "\(topic.name)/\(group.name)",
          since: group.oldestUnread ?? snapshot.time, value: Count.of(group.lag ?? 0, "record"),
          team: team(of: group.name),
          isSevere: group.verdict?.isError ?? false)
      }
    }
  }

  private var stuck: [AlertItem] {
    snapshot.transactions.filter { $0.state == .stuck }.map { transaction in
      // What somebody has given up needs nobody in a hurry any more; it is still not what was promised.
      let isGivenUp = transaction.stuckReason.hasPrefix(TransactionSummary.letterDiscarded)
      return AlertItem(
        rule: isGivenUp ? "transaction was given up" : "transaction is stuck", subject: transaction.gtxid.short,
        since: transaction.start, value: transaction.stuckReason, team: "", isSevere: !isGivenUp)
    }
  }

  private var shortages: [AlertItem] {
    snapshot.data.shortages.map { shortage in
      AlertItem(
        rule: "stock is low", subject: shortage.sku, since: shortage.since,
        value: "\(Count.of(shortage.pieces, "piece")) left", team: team(of: shortage.service), isSevere: false)
    }
  }

  private func team(of service: String) -> String { snapshot.service(service)?.team ?? "" }
}
