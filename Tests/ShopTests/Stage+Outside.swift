import EventBus
import Foundation
import Operations
import TraceCollector
import TraceModel

@testable import Shop

/// A run as somebody sees it who only has what it has left behind.
extension Stage {
  /// The spans of all transactions that are listed, those of one transaction together.
  func tracesOfAll() -> [[TraceSpan]] {
    world.flushSpans()
    return world.book.newest(100_000).map { world.traces.spans(of: $0.gtxid) }
  }

  /// What came in through a gateway and was answered: the first span of each transaction, whatever came of it.
  func roots() -> [TraceSpan] {
    tracesOfAll().compactMap { trace in
      trace.first { $0.parent == nil && $0.service.hasPrefix(ShopPlan.gateway) && $0.kind == .server }
    }
  }

  /// How many of those who came were answered with an error of the shop's own.
  func failures() -> Int { roots().count { $0.httpStatus ?? 500 >= 500 } }

  /// How many pages lacked something, as page-composer says in its spans.
  func partialPages() -> Int { tracesOfAll().joined().count { $0.text("page.missing") != nil } }

  /// What the operator was told, oldest first: the records of `__operations` that are still there.
  func operations() -> [OperationalEvent] {
    guard let topic = try? world.broker.topic(TopicName.operations),
      let start = try? topic.bounds(partition: 0).lowerBound,
      let records = try? topic.peek(partition: 0, from: start, maximumRecords: .max).records
    else { return [] }
    return records.compactMap { try? JSONDecoder().decode(OperationalEvent.self, from: Data($0.value)) }
  }

  /// What the root of a transaction says it is.
  static func kind(of trace: [TraceSpan]) -> String? {
    guard case .text(let kind) = trace.first(where: { $0.parent == nil })?[attribute: AttributeName.kind] else {
      return nil
    }
    return kind
  }
}

extension TraceSpan {
  var httpStatus: Int? {
    guard case .integer(let status) = self[attribute: AttributeName.httpStatus] else { return nil }
    return Int(status)
  }

  func integer(_ name: String) -> Int? {
    guard case .integer(let number) = self[attribute: name] else { return nil }
    return Int(number)
  }

  func text(_ name: String) -> String? {
    guard case .text(let text) = self[attribute: name] else { return nil }
    return text
  }
}
