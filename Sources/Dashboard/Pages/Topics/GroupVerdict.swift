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
    var lines = group.why.enumerated().map { index, sentence in
      Line(name: index == 0 ? "why" : "", text: visible(sentence), ink: sentence.contains("OPEN") ? .open : .text)
    }
    let rate = group.partitions.reduce(0) { $0 + $1.outRate }
    lines.append(Line(name: "reads", text: reads(rate)))
    if let oldest = group.oldestUnread {
      let behind = Figures.age(max(0, context.since(oldest))).text
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

  private func reads(_ rate: Double) -> String {
    let text = Figures.rate(rate).text
    guard group.partitions.count > 1 else { return text }
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

  /// Whether records go before they are read.
  private var retention: Line {
    guard let kept = topic.retention else {
      return Line(name: "retention", text: "records are kept for ever", ink: .muted)
    }
    let age = group.oldestUnread.map { max(0, context.since($0)) } ?? 0
    if age > kept / 2 {
      let left = max(0, kept - age)
      return Line(name: "retention", text: "unread records are deleted in \(Figures.age(left).text)", ink: .failing)
    }
    return Line(name: "retention", text: "nothing unread is deleted before \(TopicRow.kept(kept).text)")
  }

  func draw(on canvas: inout Canvas, in rect: Rect) {
    let title = "\(visible(topic.name)): verdict of \(group.name == topic.name ? "the group" : visible(group.name))"
    Rule(title, figures: TopicRow.verdict(group.verdict)).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    let indent = rect.width >= 36 ? 11 : 0
    for (index, line) in lines.prefix(max(0, rect.height - 1)).enumerated() {
      let y = rect.y + 1 + index
      if indent > 0 { canvas.put(line.name, x: rect.x, y: y, .muted) }
      canvas.put(endEllipsis(line.text, rect.width - indent), x: rect.x + indent, y: y, line.ink)
    }
  }
}
