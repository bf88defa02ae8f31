internal import TraceModel

extension CallTreeRow {
  /// The row of one node, or of a client and its server.
  init(_ content: Content, of tree: CallTree, depth: Int, parent: Int?, index: Int) {
    self.init(empty: content, depth: depth, parent: parent, index: index)
    switch content {
    case .hop(let client, let server): fillHop(client, server, in: tree)
    case .record(let node, let consumer):
      fillRecord(node, consumer, in: tree)
      fillWait(of: node, in: tree)
    default: fillSpan(node, in: tree)
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

  private mutating func fillHop(_ client: Int?, _ server: Int?, in tree: CallTree) {
    guard let shown = server ?? client, let timed = client ?? server else { return }
    if let server { service = tree.nodes[server].span.service }
    if service.isEmpty, let client {
      service = tree.nodes[client].span.peer
      if service.isEmpty { service = tree.nodes[client].span.service }
    }
    operation = tree.nodes[shown].span.operation
    ltxid = tree.nodes[shown].span.ltxid
    if ltxid == nil { ltxid = tree.nodes[timed].span.ltxid }
    start = tree.nodes[timed].start
    duration = tree.nodes[timed].span.duration
    if duration == nil { duration = tree.nodes[shown].span.duration }
    let facts = RowFacts(tree.nodes[shown].span)
    let others = timed == shown ? nil : RowFacts(tree.nodes[timed].span)
    let (one, other) = (tree.nodes[shown].span.status, tree.nodes[timed].span.status)
    isError = one == .error || other == .error
    subject = (facts.subject ?? others?.subject)?.description ?? ""
    fill(facts, others)
    let state = facts.state ?? others?.state
    let status = facts.status?.integer ?? others?.status?.integer
    if isError {
      code = .failed(status: status.map(Int.init))
    } else if let state {
      code = .state(state.description)
    } else if let status {
      code = .status(Int(status))
    } else {
      code = duration == nil ? .unknown : .ok
    }
  }

  private mutating func fillSpan(_ node: Int, in tree: CallTree) {
    service = tree.nodes[node].span.service
    operation = tree.nodes[node].span.operation
    start = tree.nodes[node].start
    duration = tree.nodes[node].span.duration
    let facts = RowFacts(tree.nodes[node].span)
    let status = tree.nodes[node].span.status
    isError = status == .error
    subject = facts.subject?.description ?? ""
    fill(facts, nil)
    isSummary = !isError && facts.hasFilters
    if isError {
      code = .failed(status: facts.status?.integer.map(Int.init))
    } else if let state = facts.state {
      code = .state(state.description)
    } else if duration == nil {
      code = .unknown
    } else if status == .ok {
      code = .ok
    }
  }

  private mutating func fillRecord(_ node: Int, _ consumer: Int?, in tree: CallTree) {
    service = tree.nodes[node].span.service
    operation = tree.nodes[node].span.operation
    let facts = RowFacts(tree.nodes[node].span)
    let others = consumer.map { RowFacts(tree.nodes[$0].span) }
    isError = tree.nodes[node].span.status == .error
    fill(facts, nil)
    if isError { code = .failed(status: nil) }
    topic = (facts.topic ?? others?.topic)?.description ?? tree.nodes[node].span.peer
    partition = facts.partition?.integer ?? others?.partition?.integer
    offset = facts.offset?.integer ?? others?.offset?.integer
  }

  /// What both sides may say; `facts` go before `others`.
  private mutating func fill(_ facts: RowFacts, _ others: RowFacts?) {
    let hop = facts.undoes?.integer ?? others?.undoes?.integer
    undoes = hop.flatMap { UInt32(exactly: $0) }.flatMap { LTXID($0) }
    attempt = (facts.attempt?.integer ?? others?.attempt?.integer).map(Int.init)
    attempts = (facts.attempts?.integer ?? others?.attempts?.integer).map(Int.init)
  }

  /// A record waits from when what caused it was done, though it may be published long after, until the last of its readers
  /// has it.
  private mutating func fillWait(of record: Int, in tree: CallTree) {
    let (begin, end) = (tree.nodes[record].start, tree.end(of: record))
    var done = begin
    if let cause = tree.nodes[record].parent, !tree.nodes[cause].isSynthetic, tree.nodes[cause].span.duration != nil {
      done = tree.end(of: cause)
    }
    start = min(begin, done)
    let unpublished = start < begin ? end &- start : 0
    duration = Self.readings(of: record, in: tree).map { reader in
      tree.nodes[reader].span[attribute: AttributeName.wait]?.integer ?? max(0, tree.nodes[reader].start &- end)
    }.max().map { $0 &+ unpublished }
  }

  /// Where each service that reads a record had it: the first time that went well, or else the last time. What a service
  /// was given once more after that nobody waited for.
  private static func readings(of record: Int, in tree: CallTree) -> [Int] {
    var readings: [Int] = []
    for reader in tree.children(of: record) where tree.isSetOffByRecord(reader) {
      let service = tree.nodes[reader].span.service
      guard let place = readings.firstIndex(where: { tree.nodes[$0].span.service == service }) else {
        readings.append(reader)
        continue
      }
      let known = readings[place]
      let isBetter = tree.nodes[reader].span.status != .error
      let isLater = tree.nodes[reader].start > tree.nodes[known].start
      let hadFailed = tree.nodes[known].span.status == .error
      if hadFailed ? isLater || isBetter : isBetter && !isLater { readings[place] = reader }
    }
    return readings
  }

  /// The row of one of a node's events.
  init(event content: Content, of tree: CallTree, depth: Int, parent: Int?, index: Int) {
    self.init(empty: content, depth: depth, parent: parent, index: index)
    switch content {
    case .backOff(let node, let place):
      let event = fillEvent(of: node, place, in: tree)
      duration = event[attribute: SpanEventName.duration]?.integer
    case .refused(let node, let place):
      let event = fillEvent(of: node, place, in: tree)
      operation = event[attribute: SpanEventName.guard]?.description ?? ""
      attempt = event[attribute: AttributeName.attempt]?.integer.map(Int.init)
      attempts = event[attribute: AttributeName.attempts]?.integer.map(Int.init)
      duration = 0
      code = .refused
      isError = true
    case .breaker(let node, let place):
      let event = fillEvent(of: node, place, in: tree)
      operation = event[attribute: SpanEventName.breakerName]?.description ?? ""
      from = event[attribute: SpanEventName.from]?.description ?? ""
      to = event[attribute: SpanEventName.to]?.description ?? ""
    case .duplicate(let node, let place): _ = fillEvent(of: node, place, in: tree)
    case .hop, .span, .record: break
    }
  }

  private mutating func fillEvent(of node: Int, _ place: Int, in tree: CallTree) -> SpanEvent {
    let event = tree.nodes[node].span.events[place]
    start = event.time &- tree.nodes[node].skew
    return event
  }
}
