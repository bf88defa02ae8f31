import Drawing
import Operations
import Widgets

/// Why a group's lag is judged as it is, and when it will be gone: names and sentences below each other.
struct GroupVerdict {
  let topic: TopicSnapshot
  let group: GroupSnapshot
  let context: PageContext

  private static let second: Int64 = 1_000_000_000

  struct Line {
    var name: String
    var text: String
    var ink: Ink = .text
  }

  var lines: [Line] {
    guard topic.isAvailable else {
      return group.why.enumerated().map { index, sentence in
        Line(name: index == 0 ? "why" : "", text: visible(sentence), ink: index == 0 ? topic.mark.ink : .text)
      }
    }
    var lines = trial
    lines += group.why.enumerated().map { index, sentence in
      Line(name: index == 0 ? "why" : "", text: visible(sentence), ink: sentence.contains("OPEN") ? .open : .text)
    }
    if let owner = ownerDown { lines.append(owner) }
    let rate = group.partitions.reduce(0) { $0 + $1.outRate }
    lines.append(Line(name: "reads", text: reads(rate)))
    if let oldest = group.oldestUnread, context.since(oldest) >= Self.second {
      let behind = Figures.age(context.since(oldest)).text
      lines.append(Line(name: "behind", text: "\(behind) by time, the oldest unread \(context.clock(oldest, .tenths))"))
    }
    if let line = empty(rate) { lines.append(line) }
    lines.append(retention)
    if let time = group.lastRebalance {
      let reason = group.lastRebalanceReason.isEmpty ? "" : ": \(visible(group.lastRebalanceReason))"
      lines.append(
        Line(name: "rebalance", text: "\(Figures.age(max(0, context.since(time))).text) ago\(reason)", ink: .muted))
    }
    return lines
  }

  /// The record that holds a partition up: where it is, how often it has failed, and why. What is tried may be further on
  /// than what was committed, where records before it have no answer yet. One that failed once or twice in a partition
  /// that goes on is nothing to say.
  private var trial: [Line] {
    let held = group.partitions.filter { $0.isStuck && $0.trial != nil }
    let longest = held.min {
      ($0.committedAt ?? .max, -($0.trial?.failures ?? 0)) < ($1.committedAt ?? .max, -($1.trial?.failures ?? 0))
    }
    guard let place = longest, let trial = place.trial else { return [] }
    let record = "@\(Count.grouped(trial.offset)) \(trial.type.isEmpty ? "record" : visible(trial.type))"
    let others = held.count > 1 ? ", and \(Count.of(held.count - 1, "more partition"))" : ""
    let times =
      trial.limit.map { "\(trial.failures) of \($0) times" }
      ?? "for \(Figures.age(max(0, context.since(trial.since))).text)"
    let error = Line(name: "error", text: visible(trial.error))
    if let committed = place.committed, committed < trial.offset {
      let since = place.committedAt.map { ", no commit for \(Figures.age(max(0, context.since($0))).text)" } ?? ""
      return [
        Line(
          name: "stuck at", text: "[\(place.partition)] @\(Count.grouped(committed))\(since)\(others)", ink: .failing),
        Line(name: "tries", text: "\(record), \(times)", ink: .degraded), error,
      ]
    }
    return [
      Line(name: "stuck at", text: "[\(place.partition)] \(record), \(trial.instance)\(others)", ink: .failing),
      Line(
        name: "tried", text: "\(times), \(trial.limit == nil ? "until it succeeds" : "then it is put aside")",
        ink: .degraded), error,
    ]
  }

  /// Who owns partitions and is not there.
  private var ownerDown: Line? {
    let owners = Set(group.partitions.map(\.owner)).intersection(context.instancesDown)
    guard let owner = owners.min() else { return nil }
    let text = owners.count == 1 ? "\(visible(owner)) is" : "\(owners.count) owners are"
    return Line(
      name: "owner", text: "\(text) down; \(owners.count == 1 ? "its" : "their") partitions wait", ink: .failing)
  }

  private func reads(_ rate: Double) -> String {
    let text = Figures.rate(rate).text
    guard group.partitions.count > 1 else { return text }
    if rate < 0.05 { return "nothing from its \(group.partitions.count) partitions" }
    let rates = group.partitions.map(\.outRate)
    guard let least = rates.min(), let most = rates.max() else { return text }
    let each = Figures.rate(rate / Double(rates.count)).text
    return most - least <= max(0.2, most * 0.3)
      ? "\(text), \(rates.count) partitions at about \(each) each"
      : "\(text), a partition between \(Figures.rate(least).text) and \(Figures.rate(most).text)"
  }

  private func empty(_ rate: Double) -> Line? {
    guard let lag = group.lag else {
      return Line(name: "empty in", text: "unknown: it has committed nothing", ink: .muted)
    }
    if lag == 0 { return Line(name: "empty in", text: "now: it has read everything", ink: .muted) }
    let down = context.instancesDown
    let stuck = group.partitions.filter { $0.isStuck || down.contains($0.owner) && $0.lag ?? 0 > 0 }.map(\.partition)
    if !stuck.isEmpty {
      let numbers = stuck.map(String.init).joined(separator: ", ")
      let text = stuck.count == 1 ? "partition \(numbers) goes" : "partitions \(numbers) go"
      return Line(name: "empty in", text: "not before \(text) on", ink: .degraded)
    }
    if group.verdict == .ok, Double(lag) <= rate { return Line(name: "empty in", text: "now: it is on its way") }
    switch group.trend {
    case .growing(let growth):
      // Twice what comes in: a group's capacity is at least that.
      let wanted = 2 * (rate + growth)
      guard wanted > rate + growth else { return Line(name: "empty in", text: "never at this rate", ink: .degraded) }
      let seconds = max(0, min(Double(lag) / (wanted - rate - growth), 9e9))
      let time = Int64(seconds * Double(Self.second))
      return Line(
        name: "empty in",
        text: "never at this rate; \(Figures.age(time).text) once it reads \(Figures.rate(wanted).text)", ink: .degraded
      )
    case .steady, .draining:
      guard let time = group.emptyIn else { return nil }
      return Line(name: "empty in", text: time < Self.second ? "now" : "\(Figures.duration(time).text) at this rate")
    }
  }

  /// How long records are kept and what their writers wait for, or that they go before they are read.
  private var retention: Line {
    let age = group.oldestUnread.map { max(0, context.since($0)) } ?? 0
    if let kept = topic.retention, topic.retentionWaits, age > kept / 2 {
      return Line(name: "retention", text: "kept \(TopicRow.kept(kept).text), or until it is read")
    }
    if let kept = topic.retention, age > kept / 2 {
      let left = max(0, kept - age)
      return Line(name: "retention", text: "unread records are deleted in \(Figures.age(left).text)", ink: .failing)
    }
    let kept = topic.retention.map { TopicRow.kept($0).text } ?? "for ever"
    return Line(name: "retention", text: "kept \(kept); acknowledged \(topic.acknowledgement.words)", ink: .muted)
  }

  func draw(on canvas: inout Canvas, in rect: Rect) {
    let title = "\(visible(topic.name)): verdict of \(group.name == topic.name ? "the group" : visible(group.name))"
    Rule(title, figures: TopicRow.verdict(of: topic, group)).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    let indent = rect.width >= 36 ? 11 : 0
    for (index, line) in lines.prefix(max(0, rect.height - 1)).enumerated() {
      let y = rect.y + 1 + index
      if indent > 0 { canvas.put(line.name, x: rect.x, y: y, .muted) }
      canvas.put(endEllipsis(line.text, rect.width - indent), x: rect.x + indent, y: y, line.ink)
    }
  }
}

extension PageContext {
  /// The instances that are known to be gone, by name.
  var instancesDown: Set<String> {
    Set(snapshot.services.flatMap(\.instances).filter { $0.health == .down }.map(\.name))
  }
}
