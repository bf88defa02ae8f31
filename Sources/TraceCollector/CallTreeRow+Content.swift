internal import TraceModel

extension CallTreeRow {
  /// The row of one node, or of a client and its server.
  init(_ content: Content, of tree: CallTree, depth: Int, parent: Int?, index: Int) {
    self.init(empty: content, depth: depth, parent: parent, index: index)
    switch content {
    case .hop(let client, let server):
      fillHop(client.map { tree.nodes[$0] }, server.map { tree.nodes[$0] })
    case .record(let node, let consumer):
      fillRecord(tree.nodes[node], consumer.map { tree.nodes[$0] })
      fillWait(of: node, in: tree)
    default:
      fillSpan(tree.nodes[node])
    }
  }

  private init(empty content: Content, depth: Int, parent: Int?, index: Int) {
    self.content = content
    self.depth = depth
    self.parent = parent
    subtreeEnd = index + 1
    hasChildren = false
    ltxid = nil
    service = ""
    operation = ""
    start = 0
    duration = nil
    code = .none
    isError = false
    undoes = nil
    attempt = nil
    attempts = nil
    topic = ""
    partition = nil
    offset = nil
    from = ""
    to = ""
  }

  private mutating func fillHop(_ client: CallTree.Node?, _ server: CallTree.Node?) {
    guard let shown = server ?? client, let timed = client ?? server else { return }
    let spans = [server?.span, client?.span].compactMap { $0 }
    service = server?.span.service ?? ""
    if service.isEmpty { service = client.map { $0.span.peer.isEmpty ? $0.span.service : $0.span.peer } ?? "" }
    operation = shown.span.operation
    subject = spans.lazy.compactMap { $0[attribute: AttributeName.subject]?.description }.first ?? ""
    ltxid = spans.lazy.compactMap(\.ltxid).first
    start = timed.start
    duration = timed.duration ?? server?.duration
    fillFacts(spans)
    let attributes = spans.lazy
    let state = attributes.compactMap { $0[attribute: AttributeName.state]?.description }.first
    let status = attributes.compactMap { $0[attribute: AttributeName.httpStatus]?.integer }.first.map(Int.init)
    if isError {
      code = .failed(status: status)
    } else if let state {
      code = .state(state)
    } else if let status {
      code = .status(status)
    } else {
      code = duration == nil ? .unknown : .ok
    }
  }

  private mutating func fillSpan(_ node: CallTree.Node) {
    service = node.span.service
    operation = node.span.operation
    subject = node.span[attribute: AttributeName.subject]?.description ?? ""
    start = node.start
    duration = node.duration
    fillFacts([node.span])
    isSummary = !isError && node.span[attribute: AttributeName.filters] != nil
    if isError {
      code = .failed(status: node.span[attribute: AttributeName.httpStatus]?.integer.map(Int.init))
    } else if let state = node.span[attribute: AttributeName.state]?.description {
      code = .state(state)
    } else if duration == nil {
      code = .unknown
    } else if node.span.status == .ok {
      code = .ok
    }
  }

  private mutating func fillRecord(_ node: CallTree.Node, _ consumer: CallTree.Node?) {
    service = node.span.service
    operation = node.span.operation
    fillFacts([node.span])
    if isError { code = .failed(status: nil) }
    let spans = [node.span, consumer?.span].compactMap { $0 }
    topic = spans.lazy.compactMap { $0[attribute: AttributeName.topic]?.description }.first ?? node.span.peer
    partition = spans.lazy.compactMap { $0[attribute: AttributeName.partition]?.integer }.first
    offset = spans.lazy.compactMap { $0[attribute: AttributeName.offset]?.integer }.first
  }

  /// A record waits from when what caused it was done, though it may be published long after, until the last of its readers
  /// has it.
  private mutating func fillWait(of record: Int, in tree: CallTree) {
    let node = tree.nodes[record]
    let cause = node.parent.map { tree.nodes[$0] }
    let done = cause.flatMap { $0.isSynthetic || $0.duration == nil ? nil : $0.end } ?? node.start
    start = min(node.start, done)
    let unpublished = start < node.start ? node.end &- start : 0
    duration = Self.readings(of: record, in: tree).map { reader in
      reader.span[attribute: AttributeName.wait]?.integer ?? max(0, reader.start &- node.end)
    }.max().map { $0 &+ unpublished }
  }

  /// Where each service that reads a record had it: the first time that went well, or else the last time. What a service
  /// was given once more after that nobody waited for.
  private static func readings(of record: Int, in tree: CallTree) -> [CallTree.Node] {
    var readings: [CallTree.Node] = []
    for index in tree.children(of: record) where tree.isSetOffByRecord(index) {
      let reader = tree.nodes[index]
      guard let place = readings.firstIndex(where: { $0.span.service == reader.span.service }) else {
        readings.append(reader)
        continue
      }
      let (known, isBetter) = (readings[place], reader.span.status != .error)
      let isLater = reader.start > known.start
      if known.span.status == .error ? isLater || isBetter : isBetter && !isLater { readings[place] = reader }
    }
    return readings
  }

  private mutating func fillFacts(_ spans: [TraceSpan]) {
    func first(_ name: String) -> Int64? { spans.lazy.compactMap { $0[attribute: name]?.integer }.first }
    isError = spans.contains { $0.status == .error }
    undoes = first(AttributeName.undoes).flatMap { UInt32(exactly: $0) }.flatMap { LTXID($0) }
    attempt = first(AttributeName.attempt).map(Int.init)
    attempts = first(AttributeName.attempts).map(Int.init)
  }

  /// The row of one of a node's events.
  init(event content: Content, of tree: CallTree, depth: Int, parent: Int?, index: Int) {
    self.init(empty: content, depth: depth, parent: parent, index: index)
    switch content {
    case .backOff(let node, let place):
      let event = fillEvent(tree.nodes[node], place)
      duration = event[attribute: SpanEventName.duration]?.integer
    case .refused(let node, let place):
      let event = fillEvent(tree.nodes[node], place)
      operation = event[attribute: SpanEventName.guard]?.description ?? ""
      attempt = event[attribute: AttributeName.attempt]?.integer.map(Int.init)
      attempts = event[attribute: AttributeName.attempts]?.integer.map(Int.init)
      duration = 0
      code = .refused
      isError = true
    case .breaker(let node, let place):
      let event = fillEvent(tree.nodes[node], place)
      operation = event[attribute: SpanEventName.breakerName]?.description ?? ""
      from = event[attribute: SpanEventName.from]?.description ?? ""
      to = event[attribute: SpanEventName.to]?.description ?? ""
    case .duplicate(let node, let place): _ = fillEvent(tree.nodes[node], place)
    case .hop, .span, .record: break
    }
  }

  private mutating func fillEvent(_ node: CallTree.Node, _ place: Int) -> SpanEvent {
    let event = node.span.events[place]
    start = event.time &- node.skew
    return event
  }
}
