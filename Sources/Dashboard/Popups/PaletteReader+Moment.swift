import Operations

extension PaletteReader {
  /// A time of day as the screen shows it, the last one that is not later than the newest state.
  func moment(_ text: String) throws(PaletteProblem) -> Int64 {
    let problem = PaletteProblem(sentence: "\"\(text)\" is no time of day; say 13:57:04 or 13:57:04.210")
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let rest = parts.last?.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false) ?? []
    guard parts.count == 3, let hours = Self.number(parts[0], below: 24),
      let minutes = Self.number(parts[1], below: 60),
      let seconds = rest.first.flatMap({ Self.number($0, below: 60) })
    else { throw problem }
    var time = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000_000
    if rest.count == 2 {
      guard (1...9).contains(rest[1].count), let fraction = Self.number(rest[1], below: 1_000_000_000) else {
        throw problem
      }
      time += (0..<(9 - rest[1].count)).reduce(fraction) { part, _ in part * 10 }
    }
    return last(time)
  }

  private static func number(_ digits: Substring, below limit: Int64) -> Int64? {
    guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits), number < limit else {
      return nil
    }
    return number
  }

  /// - Parameter time: nanoseconds since midnight on this screen.
  private func last(_ time: Int64) -> Int64 {
    let day: Int64 = 86_400_000_000_000
    let newest = max(context.newest, context.snapshot.time) &+ context.zoneOffset
    let sinceMidnight = ((newest % day) + day) % day
    let today = newest &- sinceMidnight &+ time &- context.zoneOffset
    return time > sinceMidnight ? today &- day : today
  }
}
