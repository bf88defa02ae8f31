import Drawing
import Operations
import TraceModel

/// Facts below each other, with what they say in a column of its own beside their names; a fact begins with its name in
/// the ink of labels, or has none.
func aligned(_ facts: [[Run]], width: Int) -> [[Run]] {
  func name(_ fact: [Run]) -> String? {
    guard let first = fact.first, first.ink == .label else { return nil }
    return String(first.text.reversed().drop { $0 == " " }.reversed())
  }
  let column = min((facts.compactMap(name).map(\.cellWidth).max() ?? 0) + 2, width / 2)
  return facts.flatMap { fact -> [[Run]] in
    guard let title = name(fact), width - column >= 20 else {
      // Where there is no room for a column the name is told from what it says by blanks.
      let apart = name(fact).map { [Run($0 + "  ", .label)] + fact.dropFirst() } ?? fact
      let lines = wrapped(apart, width: width)
      return lines.isEmpty ? [[]] : lines
    }
    let lines = wrapped(Array(fact.dropFirst()), width: width - column)
    return (lines.isEmpty ? [[]] : lines).enumerated().map { number, line in
      let head = number == 0 ? middleEllipsis(title, column - 2) : ""
      return [Run(head + String(repeating: " ", count: column - head.cellWidth), .label)] + line
    }
  }
}

/// Bytes of a value that are shown: a stack trace, not a picture in base 64.
private let longestValue = 16_384

func fact(_ attribute: SpanAttribute) -> [Run] { fact(attribute.name, "\(attribute.value)") }

func fact(_ name: String, _ value: String) -> [Run] {
  if value.isEmpty { return [Run(visible(name), .label), Run("empty", .faint)] }
  guard value.utf8.count > longestValue else { return [Run(visible(name), .label), Run(value)] }
  let rest = Run("… \(Count.grouped(value.utf8.count)) bytes in all", .faint)
  var end = value.utf8.index(value.startIndex, offsetBy: longestValue)
  while end.samePosition(in: value.unicodeScalars) == nil { end = value.utf8.index(before: end) }
  return [Run(visible(name), .label), Run(String(value[..<end])), rest]
}

/// Bytes of facts that are broken into lines for one popup: each time it is drawn.
private let mostFactBytes = 65_536

/// As many of the facts as are shown, and how many are not.
func withinReason(_ facts: [[Run]]) -> [[Run]] {
  var bytes = 0
  let count = facts.prefix { fact in
    bytes += fact.reduce(0) { $0 + $1.text.utf8.count }
    return bytes <= mostFactBytes
  }.count
  guard count < facts.count else { return facts }
  return facts.prefix(count) + [[Run("… and \(Count.grouped(facts.count - count)) lines more", .faint)]]
}
