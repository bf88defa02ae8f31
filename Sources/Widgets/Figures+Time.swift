/// Durations, offsets and clocks. All times are nanoseconds.
extension Figures {
  /// `0.31 ms`, `3 ms`, `84 ms`, `2.07 s`, `26.1 s`, `4m 12s`, `1h 58m`, `2 h`, `3 d`; `>999 d` where clocks are wrong.
  public static func duration(_ nanoseconds: Int64) -> Figure {
    // A difference that small has no sign that means anything.
    if nanoseconds < 0, nanoseconds > -5_000 { return Figure("0", unit: " ms") }
    if nanoseconds < 0 { return negated(duration(magnitude(nanoseconds))) }
    let milliseconds = Double(nanoseconds) / 1e6
    if nanoseconds == 0 { return Figure("0", unit: " ms") }
    if milliseconds < 0.005 { return Figure("<0.01", unit: " ms") }
    if milliseconds < 0.995 { return Figure(fixed(milliseconds, 2), unit: " ms") }
    if milliseconds < 999.5 { return Figure(fixed(milliseconds, 0), unit: " ms") }
    let seconds = Double(nanoseconds) / 1e9
    if seconds < 9.995 { return Figure(fixed(seconds, 2), unit: " s") }
    if seconds < 59.95 { return Figure(fixed(seconds, 1), unit: " s") }
    return long(Int64(seconds.rounded()))
  }

  /// `0.9 µs`, `214 µs`: what is too short for ``duration(_:)``.
  public static func microseconds(_ nanoseconds: Int64) -> Figure {
    let value = Double(max(0, nanoseconds)) / 1e3
    return Figure(fixed(value, value < 9.95 ? 1 : 0), unit: " µs")
  }

  /// `28 s`, `4 m`, `2 h`, `3 d`: how long something has been so, where only its order matters. Rounded down.
  public static func age(_ nanoseconds: Int64) -> Figure {
    if nanoseconds < 0 { return negated(age(magnitude(nanoseconds))) }
    let seconds = nanoseconds / 1_000_000_000
    if seconds < 60 { return Figure("\(seconds)", unit: " s") }
    if seconds < 3600 { return Figure("\(seconds / 60)", unit: " m") }
    if seconds < 48 * 3600 { return Figure("\(seconds / 3600)", unit: " h") }
    return days(seconds / 86400, atMost: 9_999)
  }

  /// `+3 ms`, `+2.07 s`, `−28.0 s`: a duration that is a difference.
  public static func offset(_ nanoseconds: Int64) -> Figure {
    let figure = duration(nanoseconds)
    return nanoseconds < 0 ? figure : Figure("+" + figure.number, unit: figure.unit)
  }

  /// `−28 s`, `+4 m`: how far a moment is from another, roughly.
  public static func distance(_ nanoseconds: Int64) -> Figure {
    let figure = age(nanoseconds)
    return nanoseconds < 0 ? figure : Figure("+" + figure.number, unit: figure.unit)
  }

  /// How fine a clock is shown.
  public enum ClockPrecision: Hashable, Sendable {
    /// `14:03:27`
    case seconds
    /// `14:03:21.0`: for events
    case tenths
    /// `14:02:57.336`: for lines of a log
    case milliseconds
  }

  /// The time of day of `nanoseconds` since the Unix epoch, in the zone `zoneOffset` seconds east of Greenwich.
  /// Cut, not rounded: a clock does not show what has not come.
  public static func clock(
    _ nanoseconds: Int64, zoneOffset: Int = 0, precision: ClockPrecision = .seconds
  ) -> String {
    let day: Int64 = 86_400_000_000_000
    let local = (nanoseconds % day + Int64(zoneOffset % 86_400) * 1_000_000_000 % day + 2 * day) % day
    let milliseconds = local / 1_000_000
    let seconds = milliseconds / 1000
    let clock = "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    switch precision {
    case .seconds: return clock
    case .tenths: return "\(clock).\(milliseconds % 1000 / 100)"
    case .milliseconds: return "\(clock).\(String(milliseconds % 1000 + 1000).dropFirst())"
    }
  }

  private static func long(_ seconds: Int64) -> Figure {
    if seconds < 3600 { return Figure("\(seconds / 60)m \(two(seconds % 60))s") }
    let minutes = seconds / 60
    if minutes < 600, minutes % 60 != 0 { return Figure("\(minutes / 60)h \(two(minutes % 60))m") }
    if minutes < 48 * 60 { return Figure("\(minutes / 60)", unit: " h") }
    return days(minutes / 1440, atMost: 999)
  }

  private static func days(_ count: Int64, atMost limit: Int64) -> Figure {
    Figure(count > limit ? ">\(limit)" : "\(count)", unit: " d")
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func negated(_ figure: Figure) -> Figure { Figure("−" + figure.number, unit: figure.unit) }

  private static func magnitude(_ value: Int64) -> Int64 { value == .min ? .max : -value }
}
