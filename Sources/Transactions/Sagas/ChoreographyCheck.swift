/// Finds in the rules of a choreographed saga what would leave something done, or nobody to hear of it.
struct ChoreographyCheck {
  typealias Rule = Choreography.Rule
  let rules: [Rule]

  var reasons: [String] {
    let plain = beginningReasons + stepReasons + eventReasons
    // What follows from what is told only of rules that fit together.
    guard plain.isEmpty else { return plain }
    return circleReasons.isEmpty ? failureReasons : circleReasons
  }

  private var steps: [Rule] { rules.filter(\.isStep) }

  private func step(_ name: String) -> Rule? { steps.first { $0.step == name } }

  private var beginningReasons: [String] {
    let beginnings = rules.filter { $0.event == nil }
    if beginnings.isEmpty { return ["nothing begins the saga: one step has to stand first"] }
    if beginnings.count > 1 { return ["the saga begins \(beginnings.count) times: one step stands first"] }
    return []
  }

  private var stepReasons: [String] {
    var reasons: [String] = []
    for (index, rule) in steps.enumerated() where steps[..<index].contains(where: { $0.step == rule.step }) {
      reasons.append("two rules do \"\(rule.step)\": events could not tell them apart, rename one")
    }
    for rule in rules where !rule.isStep {
      guard let undone = step(rule.step) else {
        reasons.append("\(rule.consumer) undoes \"\(rule.step)\" on \(rule.event ?? ""), but no rule does it")
        continue
      }
      if undone.consumer != rule.consumer {
        reasons.append(
          "\(rule.consumer) undoes \"\(rule.step)\" on \(rule.event ?? ""), which \(undone.consumer) did: only who did it can"
        )
      }
    }
    for (index, rule) in rules.enumerated() {
      guard let event = rule.event else { continue }
      if rules[..<index].contains(where: { $0.event == event && $0.consumer == rule.consumer }) {
        reasons.append("\(rule.consumer) has two rules for \(event): say in one what it does")
      }
      if rule.success != nil, rule.success == rule.failure {
        reasons.append(
          "\"\(rule.step)\" publishes \(rule.success ?? "") whether it is done or fails: give the failure a name of its own"
        )
      }
    }
    return reasons
  }

  private var eventReasons: [String] {
    var reasons: [String] = []
    for rule in rules {
      for event in rule.published where !rules.contains(where: { $0.event == event }) {
        let about = event == rule.failure ? "a failure that nobody undoes anything for" : "it would be lost"
        reasons.append("\(rule.consumer) publishes \(event), but nobody consumes it: \(about)")
      }
      if let event = rule.event, !rules.contains(where: { $0.published.contains(event) }) {
        reasons.append("\(rule.consumer) waits for \(event), but nobody publishes it")
      }
      for event in rule.published {
        guard let other = rules.first(where: { $0.published.contains(event) && !isSameMeaning($0, rule, event) }) else {
          continue
        }
        if other != rule {
          reasons.append(
            "\(event) is published for \"\(other.step)\" and for \"\(rule.step)\": nobody could tell which of them it means"
          )
        }
      }
    }
    return unique(reasons)
  }

  /// Two undos of one step may say the same.
  private func isSameMeaning(_ left: Rule, _ right: Rule, _ event: String) -> Bool {
    left.work == right.work && (left.failure == event) == (right.failure == event)
  }

  // MARK: What follows from what

  /// The rules whose event one of `events` is.
  private func followers(_ events: [String]) -> [Rule] {
    rules.filter { rule in rule.event.map(events.contains) ?? false }
  }

  /// The steps that a step leads to when all goes well.
  private func successors(of step: Rule) -> [Rule] {
    followers([step.success].compactMap(\.self)).filter(\.isStep)
  }

  /// All that come behind a step, itself left out unless it goes round in a circle.
  private func descendants(of step: Rule) -> [Rule] {
    var found: [Rule] = []
    var open = successors(of: step)
    while let next = open.popLast() {
      guard !found.contains(next) else { continue }
      found.append(next)
      open += successors(of: next)
    }
    return found
  }

  private var circleReasons: [String] {
    let circular = steps.filter { descendants(of: $0).contains($0) }
    guard let first = circular.first else { return [] }
    return ["\"\(first.step)\" leads back to itself: the saga would never end"]
  }

  private var failureReasons: [String] {
    var reasons: [String] = []
    for failing in steps {
      guard let event = failing.failure else { continue }
      let after = descendants(of: failing)
      let undos = undone(from: event)
      for done in steps where done != failing && !after.contains(done) {
        guard undos.contains(where: { $0.step == done.step }) else {
          reasons.append(
            "\(event) is published when \"\(failing.step)\" fails, but nothing that follows undoes \"\(done.step)\","
              + " which \(done.consumer) may have done before")
          continue
        }
      }
      for undo in undos where undo.step == failing.step {
        reasons.append(
          "\(event) leads to the undo of \"\(failing.step)\", which has just failed: it has nothing to undo")
      }
      reasons += orderReasons(event, undos)
    }
    return unique(reasons)
  }

  /// The undos that follow from a failure, each with those that lead to it.
  private func undone(from failure: String) -> [Rule] {
    var found: [Rule] = []
    var open = [failure]
    var seen: [String] = []
    while !open.isEmpty {
      let event = open.removeFirst()
      guard !seen.contains(event) else { continue }
      seen.append(event)
      let undos = followers([event]).filter { !$0.isStep }
      found += undos
      open += undos.compactMap(\.success)
    }
    return found
  }

  /// Undos run in reverse: that of a step must not come before those of the steps that it led to.
  private func orderReasons(_ failure: String, _ undos: [Rule]) -> [String] {
    var reasons: [String] = []
    for (index, undo) in undos.enumerated() {
      guard let earlier = step(undo.step), let event = undo.success else { continue }
      let behind = undone(from: event)
      for later in undos[index...] where behind.contains(later) {
        if let done = step(later.step), descendants(of: earlier).contains(done) {
          reasons.append(
            "after \(failure), \"\(undo.step)\" is undone before \"\(later.step)\", which was done after it:"
              + " undo in reverse order")
        }
      }
    }
    return reasons
  }

  private func unique(_ reasons: [String]) -> [String] {
    var unique: [String] = []
    for reason in reasons where !unique.contains(reason) { unique.append(reason) }
    return unique
  }
}
