import TestSupport
import TraceModel

/// A moment from which samples count.
let epoch: Int64 = 1_700_000_000 * second

func id(_ number: UInt64, high: UInt64 = 0xABCD) -> GTXID {
  GTXID(high: high, low: number) ?? GTXID("1")!
}

/// A span of trace 1; times in milliseconds after the epoch.
func span(
  _ number: UInt64, in trace: UInt64 = 1, under parent: UInt64? = nil, hop: UInt32? = nil,
  _ kind: SpanKind = .internal, shared: Bool = false, _ service: String = "shop", on instance: String = "",
  _ operation: String = "work", from start: Int64, to end: Int64?, failed: Bool = false, message: String = "",
  peer: String = "", attributes: [SpanAttribute] = [], events: [SpanEvent] = []
) -> TraceSpan {
  TraceSpan(
    gtxid: id(trace), id: SpanID(number)!, parent: parent.flatMap { SpanID($0) }, ltxid: hop.flatMap { LTXID($0) },
    kind: kind, isShared: shared, service: service, instance: instance, operation: operation,
    start: epoch + start * millisecond, duration: end.map { ($0 - start) * millisecond },
    status: failed ? .error : .unset, message: message, peer: peer, attributes: attributes, events: events)
}

extension SeededGenerator {
  mutating func text() -> String {
    let words = [
      "", "a", "charge", "재고", "é", "e\u{301}", "a text that does not fit into sixteen bytes", "\u{1B}[2J", "✗",
    ]
    if chance(20) { return "value \(next())" }
    if chance(2) { return String(repeating: "long ", count: 100) }
    return words.randomElement(using: &self) ?? ""
  }

  mutating func attributes(depth: Int = 0) -> [SpanAttribute] {
    (0..<Int.random(in: 0...4, using: &self)).map { _ in SpanAttribute(text(), value(depth: depth)) }
  }

  private mutating func value(depth: Int) -> AttributeValue {
    switch Int.random(in: 0..<(depth < 3 ? 12 : 9), using: &self) {
    case 0, 1, 2: .text(text())
    case 3, 4: .integer([0, -1, .min, .max, Int64(bitPattern: next())].randomElement(using: &self) ?? 0)
    case 5: .real([0, -0.0, 1.5, .infinity, .leastNonzeroMagnitude].randomElement(using: &self) ?? 0)
    case 6: .boolean(chance(50))
    case 7: .bytes((0..<Int.random(in: 0...300, using: &self)).map { UInt8(truncatingIfNeeded: $0) })
    case 8: .empty
    case 9, 10: .list((0..<Int.random(in: 0...4, using: &self)).map { _ in value(depth: depth + 1) })
    default: .map(attributes(depth: depth + 1))
    }
  }

  private mutating func group() -> SpanOrigin.Group {
    SpanOrigin.Group(
      attributes: attributes(), droppedAttributes: UInt32.random(in: 0...3, using: &self), schema: text())
  }

  private mutating func link() -> SpanLink {
    SpanLink(
      gtxid: id(next()), span: SpanID(next() | 1)!, traceState: text(),
      flags: UInt32(truncatingIfNeeded: next()), attributes: attributes(), droppedAttributes: UInt32(chance(50) ? 0 : 7)
    )
  }

  /// Anything a span may be, extremes included.
  mutating func anySpan(in trace: GTXID) -> TraceSpan {
    let extremes: [Int64] = [0, .min, .max, epoch, -1]
    let start =
      chance(80) ? epoch + Int64.random(in: 0..<second, using: &self) : extremes.randomElement(using: &self) ?? 0
    return TraceSpan(
      gtxid: trace, id: SpanID(next() | 1)!, parent: chance(70) ? SpanID(next() % 16) : nil,
      ltxid: chance(50) ? LTXID(UInt32(truncatingIfNeeded: next())) : nil,
      kind: SpanKind.allCases.randomElement(using: &self) ?? .internal, isShared: chance(20), service: text(),
      instance: text(), operation: text(), start: start,
      duration: chance(80) ? Int64.random(in: 0..<second, using: &self) : extremes.randomElement(using: &self),
      status: SpanStatus.allCases.randomElement(using: &self) ?? .unset, message: text(), peer: text(),
      attributes: attributes(),
      events: (0..<Int.random(in: 0...2, using: &self)).map { _ in
        SpanEvent(
          time: Int64(bitPattern: next()), name: text(), attributes: attributes(),
          droppedAttributes: chance(80) ? 0 : .max)
      },
      links: (0..<Int.random(in: 0...2, using: &self)).map { _ in link() },
      origin: chance(50)
        ? SpanOrigin(resource: group(), scope: SpanOrigin.Scope(name: text(), version: text(), facts: group())) : nil,
      traceState: chance(20) ? text() : "", flags: chance(20) ? UInt32(truncatingIfNeeded: next()) : 0,
      dropped: chance(80) ? DroppedCounts() : DroppedCounts(attributes: 1, events: .max, links: 3))
  }
}
