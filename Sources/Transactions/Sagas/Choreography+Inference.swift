extension Choreography {
  /// How far a choreographed saga is, as its events tell. Nobody coordinates it, so nobody knows better.
  public struct Inference: Sendable, Hashable {
    /// Nil when none of its events has been seen.
    public let state: SagaState?
    public let strip: SagaStrip
    /// Who has to act next, and on what: `payment on ITEM_RESERVED`. Empty at the end.
    public let awaited: [String]
    /// Events that do not fit what came before: out of order, or of another saga.
    public let unexplained: [String]
  }

  /// Concludes the state from the events of one transaction, in the order of their publication. An event that comes again
  /// says nothing new. What ends with no event of its own is taken as done as soon as its event was published, unless
  /// `consumed` tells of it.
  /// - Parameter consumed: the consumers that have acted, and on which events; nil when that is not known.
  public func inferred(
    from events: [String], consumed: [(event: String, consumer: String)]? = nil
  ) -> Inference {
    var progress = Progress(rules: rules)
    for event in events { progress.take(event) }
    progress.conclude(consumed)
    return Inference(
      state: progress.state, strip: SagaStrip(entries: progress.entries, isInferred: true),
      awaited: progress.awaited.map { "\($0.consumer) on \($0.event ?? "")" }, unexplained: progress.unexplained)
  }

  /// What has happened so far.
  private struct Progress {
    let rules: [Rule]
    private(set) var seen: [String] = []
    /// Rules that have been carried out, with how, in order.
    private(set) var marks: [(rule: Rule, mark: SagaStrip.Mark)] = []
    private(set) var awaited: [Rule] = []
    private(set) var unexplained: [String] = []

    init(rules: [Rule]) {
      self.rules = rules
    }

    mutating func take(_ event: String) {
      guard !seen.contains(event) else { return }
      // Of several undos that publish it, the one whose own event has come.
      let rule = rules.first { rule in
        rule.published.contains(event) && rule.event.map(seen.contains) ?? true
      }
      guard let rule else { return unexplained.append(event) }
      seen.append(event)
      mark(rule, event == rule.failure ? .failed : rule.isStep ? .done : .undone)
    }

    private mutating func mark(_ rule: Rule, _ mark: SagaStrip.Mark) {
      switch mark {
      case .undone:
        guard !has(.undone, rule.step) else { return }
        // One that gave up without knowing the outcome may undo what it never heard of.
        guard has(.done, rule.step) else { return }
      default:
        guard !has(mark, rule.step) else { return }
      }
      marks.append((rule, mark))
    }

    private func has(_ mark: SagaStrip.Mark, _ step: String) -> Bool {
      marks.contains { $0.mark == mark && $0.rule.step == step }
    }

    /// Looks at who has an event and has published nothing yet.
    mutating func conclude(_ consumed: [(event: String, consumer: String)]?) {
      for event in seen {
        for rule in rules where rule.event == event {
          guard !isCarriedOut(rule) else { continue }
          let isTold = consumed?.contains { $0.event == event && $0.consumer == rule.consumer }
          if rule.success == nil, isTold ?? true {
            mark(rule, rule.isStep ? .done : .undone)
          } else {
            awaited.append(rule)
          }
        }
      }
    }

    private func isCarriedOut(_ rule: Rule) -> Bool {
      if rule.published.contains(where: seen.contains) { return true }
      return rule.isStep
        ? has(.done, rule.step) || has(.failed, rule.step) : has(.undone, rule.step) || !has(.done, rule.step)
    }

    var entries: [SagaStrip.Entry] {
      marks.map { SagaStrip.Entry(mark: $0.mark, label: $0.rule.step) }
        + awaited.map { SagaStrip.Entry(mark: $0.isStep ? .underWay : .undoUnderWay, label: $0.step) }
    }

    var state: SagaState? {
      guard !seen.isEmpty else { return nil }
      guard marks.contains(where: { $0.mark == .failed }) else {
        return awaited.isEmpty ? .completed : .running
      }
      let kept = marks.contains { $0.mark == .done && !has(.undone, $0.rule.step) }
      return kept || !awaited.isEmpty ? .compensating : .rolledBack
    }
  }
}
