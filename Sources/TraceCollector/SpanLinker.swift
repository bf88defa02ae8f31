internal import TraceModel

/// Finds each span's parent: Zipkin's rules (`zipkin2.internal.SpanNode`), with a guard against cycles.
struct SpanLinker {
  /// Of merged spans, and of a made-up root at the end if one was needed.
  private(set) var spans: [SpanOutline]
  /// −1 at the root.
  private(set) var parents: [Int]
  /// Why a span hangs where it does, if it does not say so itself.
  private(set) var adoptions: [CallTree.Adoption?]
  private(set) var root = 0
  /// Stands in for the root that nobody reported.
  private(set) var madeUpRoot: TraceSpan?
  /// The span that goes by an id alone: the client's, where a server shares the id.
  private var plain: [SpanID: Int] = [:]
  /// The first of the others of that id, and from each one to the next.
  private var others: [SpanID: Int] = [:]
  private var nextOther: [Int]

  /// At least one span.
  init(_ merged: SpanMerger) {
    spans = merged.outlines
    parents = Array(repeating: -1, count: spans.count)
    adoptions = Array(repeating: nil, count: spans.count)
    nextOther = parents
    index()
    for place in spans.indices {
      let parent = parent(of: place)
      parents[place] = parent ?? -1
      let isOrphan = parent == nil && spans[place].parent != nil && spans[place].parent != spans[place].id
      adoptions[place] = isOrphan ? .parentNotReported : nil
    }
    breakCycles()
    chooseRoot(of: merged.gtxid)
  }

  private mutating func index() {
    plain.reserveCapacity(spans.count)
    for place in spans.indices {
      let id = spans[place].id
      // Those with one id stand side by side, the unshared ones first.
      if !spans[place].isShared, place == 0 || spans[place - 1].id != id {
        plain[id] = place
      } else {
        nextOther[place] = others[id] ?? -1
        others[id] = place
      }
    }
  }

  private func parent(of place: Int) -> Int? {
    let span = spans[place]
    if span.isShared, let client = plain[span.id] { return client }
    guard let id = span.parent, id != span.id else { return nil }
    // A server under its client's id has the children that ran on its own endpoint.
    var other = others[id] ?? -1
    while other >= 0 {
      if spans[other].isAtEndpoint(of: span) { return other }
      other = nextOther[other]
    }
    return plain[id] ?? others[id]
  }

  /// Cuts each cycle above its earliest span.
  private mutating func breakCycles() {
    var walks = Array(repeating: 0, count: spans.count)
    for first in spans.indices {
      let walk = first + 1
      var place = first
      while place >= 0, walks[place] == 0 {
        walks[place] = walk
        place = parents[place]
      }
      guard place >= 0, walks[place] == walk else { continue }
      var earliest = place
      var member = parents[place]
      while member != place {
        if spans[member].isEarlier(than: spans[earliest]) { earliest = member }
        member = parents[member]
      }
      parents[earliest] = -1
      adoptions[earliest] = .circle
    }
  }

  /// The earliest span that has no parent; what else has none hangs under it.
  private mutating func chooseRoot(of gtxid: GTXID) {
    let tops = spans.indices.filter { parents[$0] < 0 }
    let genuine = tops.filter { adoptions[$0] == nil }
    if let first = genuine.first {
      root = genuine.reduce(first) { spans[$1].isEarlier(than: spans[$0]) ? $1 : $0 }
    } else if tops.count == 1 {
      root = tops[0]
    } else {
      makeUpRoot(of: gtxid, tops)
    }
    for top in tops where top != root {
      parents[top] = root
      if adoptions[top] == nil { adoptions[top] = .secondRoot }
    }
  }

  private mutating func makeUpRoot(of gtxid: GTXID, _ tops: [Int]) {
    let named = spans[tops[0]].parent
    let isCommon = named.map { named in plain[named] == nil && tops.allSatisfy { spans[$0].parent == named } } ?? false
    let start = spans.reduce(Int64.max) { min($0, $1.start) }
    let end = spans.reduce(Int64.min) { max($0, $1.end) }
    let made = TraceSpan(
      gtxid: gtxid, id: isCommon ? named ?? spans[0].id : spans[tops[0]].id, service: "",
      operation: "(root not reported)", start: start, duration: max(0, end &- start))
    var names = NameNumbers()
    root = spans.count
    madeUpRoot = made
    spans.append(SpanOutline(made, names: &names))
    parents.append(-1)
    adoptions.append(nil)
  }
}
