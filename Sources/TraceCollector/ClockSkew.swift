internal import TraceModel

/// How far the clocks of servers are off, seen from who called them: Zipkin's rule (`CorrectForClockSkew`).
///
/// Only where a CLIENT's SERVER on another host seems to start before its client, or with it: then it is moved after
/// the client's start, into the middle if it fits, and so is everything on that host below.
struct ClockSkew {
  /// A host whose clock is known to be off from some span downwards.
  private struct Context {
    var host: Int32
    var skew: Int64
    var outer: Int
  }

  /// Zipkin counts in microseconds; its 1 is one of these.
  private static let leastDelay: Int64 = 1_000
  /// Hosts off at once on one path, beyond which the outer ones are not looked up: a guard for absurd input.
  private static let lookups = 64

  private var contexts: [Context] = []
  /// By span: the number of its host's name.
  private let hosts: [Int32]
  private var innermost: [Int] = []
  /// Nanoseconds by span; to be subtracted.
  private(set) var skews: [Int64]

  /// `order`: every span after its parent.
  init(_ spans: [SpanOutline], parents: [Int], order: [Int]) {
    skews = Array(repeating: 0, count: spans.count)
    innermost = Array(repeating: -1, count: spans.count)
    hosts = Self.hosts(of: spans)
    for place in order where parents[place] >= 0 {
      correct(place, under: parents[place], spans)
    }
  }

  private mutating func correct(_ place: Int, under parent: Int, _ spans: [SpanOutline]) {
    innermost[place] = innermost[parent]
    var skew = known(hosts[place], from: innermost[place])
    let isCall = spans[parent].kind == .client && spans[place].kind == .server && hosts[place] != hosts[parent]
    let client = spans[parent].start &- skews[parent]
    let server = spans[place].start &- skew
    if isCall, server <= client {
      let more = Self.skew(
        client: client, clientDuration: spans[parent].duration, server: server, serverDuration: spans[place].duration)
      if more != 0 {
        skew = skew &+ more
        contexts.append(Context(host: hosts[place], skew: skew, outer: innermost[place]))
        innermost[place] = contexts.count - 1
      }
    }
    skews[place] = skew
  }

  private func known(_ host: Int32, from context: Int) -> Int64 {
    var context = context
    for _ in 0..<Self.lookups where context >= 0 {
      if contexts[context].host == host { return contexts[context].skew }
      context = contexts[context].outer
    }
    return 0
  }

  static func skew(client: Int64, clientDuration: Int64?, server: Int64, serverDuration: Int64?) -> Int64 {
    guard let clientDuration, let serverDuration, clientDuration >= serverDuration else {
      return server &- client &- leastDelay
    }
    return server &- (clientDuration &- serverDuration) / 2 &- client
  }

  /// The host that the sender named; else the instance without its port, because an instance may be one process of many
  /// on a host; the service where there is no instance.
  private static func hosts(of spans: [SpanOutline]) -> [Int32] {
    spans.map { span in
      if span.host != NameNumbers.empty { return span.host }
      return span.address == NameNumbers.empty ? span.service : span.address
    }
  }
}
