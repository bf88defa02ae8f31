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

  func text(_ name: String) -> String? {
    guard case .text(let text) = self[attribute: name] else { return nil }
    return text
  }
}
