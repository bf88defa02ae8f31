import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// Everything that was reported of the spans that a row of a call tree stands for, in the sender's words.
struct SpanFacts {
  let tree: CallTree
  let context: PageContext

  /// Of the row: what served the call first, then what made it.
  func facts(of row: CallTreeRow) -> [[Run]] {
    var nodes = [row.node]
    if case .hop(let client?, _) = row.content, client != row.node { nodes.append(client) }
    return Array(nodes.map { facts(of: tree.nodes[$0]) }.joined(separator: [[]]))
  }

  private func facts(of node: CallTree.Node) -> [[Run]] {
    if node.isSynthetic { return [[Run("This span was never reported: only its children name it.", .muted)]] }
    let span = node.span
    return identity(of: node) + section("attributes", span.attributes.map(fact))
      + section("events", span.events.flatMap { facts(of: $0) }) + section("links", span.links.flatMap(Self.facts))
      + section("resource", Self.facts(of: span.origin?.resource)) + section("library", library(of: span))
  }

  private func identity(of node: CallTree.Node) -> [[Run]] {
    let span = node.span
    var facts = [
      [
        Run("\(span.kind) span", .title, bold: true), Run("  \(span.service) ", .strong, bold: true),
        Run(span.operation),
      ],
      fact("id", span.id.hex + (span.isShared ? ", which it shares with who called" : "")),
      fact("parent", span.parent?.hex ?? "none"),
      fact(
        "start", "\(context.clock(span.start, .milliseconds))  \(Figures.offset(span.start &- tree.start).text)"),
      fact("took", span.duration.map { Figures.duration($0).text } ?? "it has not ended"),
      fact("status", "\(span.status)" + (span.message.isEmpty ? "" : ": \(span.message)")),
    ]
    func add(_ name: String, _ value: String) { if !value.isEmpty { facts.append(fact(name, value)) } }
    add("instance", span.instance)
    add("peer", span.peer)
    add("tracestate", span.traceState)
    add("flags", span.flags == 0 ? "" : "0x" + String(span.flags, radix: 16))
    let dropped = [
      (span.dropped.attributes, "attribute"), (span.dropped.events, "event"), (span.dropped.links, "link"),
    ].filter { $0.0 > 0 }.map { Count.of(Int($0.0), $0.1) }
    add("not sent", dropped.joined(separator: ", "))
    return facts
  }

  private func section(_ title: String, _ facts: [[Run]]) -> [[Run]] {
    facts.isEmpty ? [] : [[], [Run(title, .title, bold: true)]] + facts
  }

  private func facts(of event: SpanEvent) -> [[Run]] {
    [fact(Figures.offset(event.time &- tree.start).text, event.name)]
      + event.attributes.map { fact("  " + $0.name, "\($0.value)") } + Self.dropped(event.droppedAttributes)
  }

  private static func facts(of link: SpanLink) -> [[Run]] {
    [fact("transaction", link.gtxid.hex), fact("span", link.span.hex)]
      + (link.traceState.isEmpty ? [] : [fact("tracestate", link.traceState)]) + link.attributes.map(fact)
      + dropped(link.droppedAttributes)
  }

  private static func facts(of group: SpanOrigin.Group?) -> [[Run]] {
    guard let group else { return [] }
    return group.attributes.map(fact) + (group.schema.isEmpty ? [] : [fact("schema", group.schema)])
      + dropped(group.droppedAttributes)
  }

  private func library(of span: TraceSpan) -> [[Run]] {
    guard let scope = span.origin?.scope, scope != SpanOrigin.Scope() else { return [] }
    return [fact("name", scope.name)] + (scope.version.isEmpty ? [] : [fact("version", scope.version)])
      + Self.facts(of: scope.facts)
  }

  private static func dropped(_ count: UInt32) -> [[Run]] {
    count == 0 ? [] : [fact("not sent", Count.of(Int(count), "attribute"))]
  }
}
