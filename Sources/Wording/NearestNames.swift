// Wording: what is said of words that people typed: which ones they may have meant, and how they are quoted. It never
// knows what they are names of.

/// Finds the names that a mistyped one may have meant.
public enum NearestNames {
  /// `do you mean failureRateThreshold?`, or, where none is near, `allowed are at, fault and rate`.
  public static func advice(for name: String, among allowed: [String]) -> String {
    let all = allowed.isEmpty ? nil : "allowed \(allowed.count == 1 ? "is" : "are") \(list(allowed))"
    return offer(for: name, among: allowed, otherwise: all)
  }

  /// `unknown service "ordr"; do you mean order?`, or, where none is near, what there is.
  public static func unknown(_ what: String, _ name: String, among names: [String]) -> String {
    "unknown \(what) \(quoted(name)); \(offer(for: name, among: names))"
  }

  /// `do you mean order?`, or, where none is near, `there are order, payment`.
  /// - Parameter otherwise: what is said in place of all names, where they are many, or more is to be said.
  public static func offer(for name: String, among names: [String], otherwise: String? = nil) -> String {
    let near = nearest(to: name, among: names)
    if !near.isEmpty { return "do you mean \(near.joined(separator: " or "))?" }
    return otherwise ?? (names.isEmpty ? "there is none" : "there are \(names.joined(separator: ", "))")
  }

  /// The allowed names that differ by at most a third of their letters, nearest first, at most three.
  public static func nearest(to name: String, among allowed: [String]) -> [String] {
    let typed = Array(name.lowercased())
    guard typed.count <= 80 else { return [] }
    let scored = allowed.enumerated().compactMap { index, candidate -> (distance: Int, index: Int, name: String)? in
      let letters = Array(candidate.lowercased())
      let (distance, length) = (distance(typed, letters), max(typed.count, letters.count))
      return distance < length && distance <= max(1, length / 3) ? (distance, index, candidate) : nil
    }
    return scored.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(3).map(\.name)
  }

  /// `a, b and c`
  public static func list(_ names: [String]) -> String {
    guard names.count > 1, let last = names.last else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (letter == other ? 0 : 1))
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      (beforeLast, last) = (last, current)
    }
    return last[right.count]
  }
}

/// What was written, for a sentence: in quotes, cut off when it is long, control characters visible.
public func quoted(_ text: String) -> String {
  var shown = "\""
  for scalar in text.unicodeScalars.prefix(60) {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
      shown += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    default: shown.unicodeScalars.append(scalar)
    }
  }
  return shown + (text.unicodeScalars.count > 60 ? "…\"" : "\"")
}
