internal import Concurrency

extension TraceStore {
  /// Whole transactions, by their root spans; the hidden kinds are left out.
  public func red(window: RedWindow = .minute, now: Int64) -> RedFigures {
    state.withLock { $0.red.transactions.figures(window: window, now: $0.known(at: now), since: $0.since) }
  }

  /// Whole transactions of each of the last 120 seconds.
  public func history(now: Int64) -> RedHistory {
    state.withLock { $0.red.transactions.history(now: $0.known(at: now)) }
  }

  /// What one service was asked to do: its SERVER, CONSUMER and root spans. Nil when it was never asked.
  public func red(service: String, window: RedWindow = .minute, now: Int64) -> RedFigures? {
    state.withLock { $0.series(service)?.figures(window: window, now: $0.known(at: now), since: $0.since) }
  }

  /// The calls of a service in the last minute, and how many of them failed; nil when it was never asked.
  public func minute(of service: String, now: Int64) -> (calls: Int, errors: Int)? {
    state.withLock { $0.series(service)?.minute(now: $0.known(at: now)) }
  }

  /// How long 99 of 100 calls of a service took at most in the last minute, in nanoseconds; nil when there were none.
  public func p99(service: String, now: Int64) -> Int64? {
    state.withLock { $0.series(service)?.duration(percentile: 99, window: .minute, now: $0.known(at: now)) }
  }

  /// One operation of one service; nil when it is unknown. What is beyond the bound is operation `(other)`.
  public func red(service: String, operation: String, window: RedWindow = .minute, now: Int64) -> RedFigures? {
    state.withLock { $0.series(service, operation)?.figures(window: window, now: $0.known(at: now), since: $0.since) }
  }

  /// One service's last 120 seconds.
  public func history(service: String, now: Int64) -> RedHistory? {
    state.withLock { $0.series(service)?.history(now: $0.known(at: now)) }
  }

  /// One operation's last 120 seconds.
  public func history(service: String, operation: String, now: Int64) -> RedHistory? {
    state.withLock { $0.series(service, operation)?.history(now: $0.known(at: now)) }
  }

  /// All services in order of first appearance.
  public func services(window: RedWindow = .minute, and other: RedWindow? = nil, now: Int64) -> [ServiceFigures] {
    inParts { state, places in
      state.red.services(at: places).map { service in
        ServiceFigures(
          service: state.symbols[service.name],
          figures: service.series.figures(window: window, now: state.known(at: now), since: state.since),
          others: other.map { service.series.figures(window: $0, now: state.known(at: now), since: state.since) },
          history: service.series.history(now: state.known(at: now)))
      }
    }
  }

  /// The operations of one service in order of first appearance.
  public func operations(of service: String, window: RedWindow = .minute, now: Int64) -> [OperationFigures] {
    inParts { state, places in
      guard let symbol = state.symbols.existing(service) else { return [] }
      return state.red.operations(of: symbol, at: places).map { operation in
        OperationFigures(
          service: service, operation: state.symbols[operation.name],
          figures: operation.series.figures(window: window, now: state.known(at: now), since: state.since))
      }
    }
  }

  /// Which service calls which and who reads whose records, in order of first appearance, with the last minute's figures.
  /// Databases are no services: ``graph(now:)`` has them.
  public func edges(now: Int64) -> [ServiceEdge] {
    state.withLock { $0.graph.edges(symbols: $0.symbols, now: $0.known(at: now), since: $0.since) }
  }

  /// Who calls whom, who reads whose records and who uses which database, in order of first appearance: the last minute's
  /// rate, errors and durations as either side tells them.
  public func graph(now: Int64) -> [ServiceGraphEdge] {
    inParts { state, places in
      places.clamped(to: 0..<state.graph.count).map {
        state.graph.edge($0, symbols: state.symbols, now: state.known(at: now), since: state.since)
      }
    }
  }

  /// What each instance did in the last ten seconds that did anything: its SERVER, CONSUMER and root spans, as
  /// ``services(window:and:now:)`` counts them. By service and instance; what is counted under a part of an address is part
  /// of what has the whole one.
  public func instanceFigures(now: Int64) -> [InstanceFigures] {
    let all = inParts { state, places in
      state.instances.figures(at: places, now: state.known(at: now), since: state.since)
    }
    return InstanceFigures.joined(all.compactMap(\.self))
  }

  /// The elements of a list that only grows: the percentiles of thousands take long, so others get the lock after some.
  private func inParts<Element>(_ part: (borrowing TraceStoreState, Range<Int>) -> [Element]) -> [Element] {
    var all: [Element] = []
    while true {
      let places = all.count..<all.count + Self.figuresAtATime
      all += state.withLock { part($0, places) }
      guard all.count == places.upperBound else { return all }
    }
  }

  private static let figuresAtATime = 64
}

extension TraceStoreState {
  func series(_ service: String) -> RedSeries? {
    symbols.existing(service).flatMap { red.series(of: $0) }
  }

  func series(_ service: String, _ operation: String) -> RedSeries? {
    guard let service = symbols.existing(service), let operation = symbols.existing(operation) else { return nil }
    return red.series(of: operation, in: service)
  }
}
