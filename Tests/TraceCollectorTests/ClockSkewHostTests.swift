import TestSupport
import Testing
import TraceModel

@testable import TraceCollector

/// Which spans share a clock: those of one host, of which a sender may name the processes one by one.
struct ClockSkewHostTests {
  private func on(_ resource: [SpanAttribute], _ span: TraceSpan) -> TraceSpan {
    var span = span
    span.origin = SpanOrigin(resource: SpanOrigin.Group(attributes: resource))
    return span
  }

  /// A client from 100 ms to 200 ms, and its server from 50 ms to 90 ms, each a process with a name of its own. What the
  /// server did below was in a third process.
  private func tree(client: [SpanAttribute], server: [SpanAttribute], third: [SpanAttribute]) -> CallTree {
    CallTree.build(spans: [
      on(client, span(1, .client, "a", on: "5d1c", from: 100, to: 200)),
      on(server, span(2, under: 1, .server, "b", on: "77e0", from: 50, to: 90)),
      on(third, span(3, under: 2, .internal, "b", on: "90ab", from: 60, to: 70)),
    ])
  }

  @Test(arguments: ["host.name", "host.id", "k8s.node.name"])
  func processesOfOneHostHaveOneClock(name: String) {
    let host = [SpanAttribute("service.instance.id", "5d1c"), SpanAttribute(name, "h1")]
    let tree = tree(client: host, server: host, third: host)
    #expect(tree.node(2).skew == 0 && tree.node(3).skew == 0)
  }

  @Test func theCorrectionHoldsForOtherProcessesOfThatHost() {
    let (h1, h2) = ([SpanAttribute("host.name", "h1")], [SpanAttribute("host.name", "h2")])
    let tree = tree(client: h1, server: h2, third: h2)
    // s − (cd − sd) / 2 − c = 50 − (100 − 40) / 2 − 100
    #expect(tree.node(2).skew == -80 * millisecond)
    #expect(tree.node(3).skew == -80 * millisecond)
    #expect(self.tree(client: h1, server: h2, third: h1).node(3).skew == 0, "back on the first host")
  }

  @Test func theNameGoesBeforeTheOthers() {
    let (one, other) = (SpanAttribute("host.id", "1"), SpanAttribute("host.id", "2"))
    let name = SpanAttribute("host.name", "h1")
    #expect(tree(client: [one, name], server: [other, name], third: []).node(2).skew == 0)
    #expect(tree(client: [one], server: [other], third: []).node(2).skew != 0)
  }

  /// A host that one side names is the one that the other's instance begins with.
  @Test func aNamedHostIsTheSameAsThatOfAnAddress() {
    let spans = [
      on([SpanAttribute("host.name", "h1")], span(1, .client, "a", on: "5d1c", from: 100, to: 200)),
      span(2, under: 1, .server, "b", on: "h1:8080", from: 50, to: 90),
    ]
    #expect(CallTree.build(spans: spans).node(2).skew == 0)
  }
}
