public import Drawing

/// When a figure is coloured: quiet until it means something.
public struct Severity: Hashable, Sendable {
  /// From here the figure is `degraded`.
  public var warning: Double
  /// From here it is `failing`, and bold.
  public var bad: Double

  public init(warning: Double, bad: Double) {
    self.warning = warning
    self.bad = bad
  }

  /// Share of calls that failed: 1 % and 5 %.
  public static let errors = Severity(warning: 0.01, bad: 0.05)
  /// The 99th percentile in milliseconds: 100 ms and 1 s.
  public static let latencyMilliseconds = Severity(warning: 100, bad: 1000)
  /// Share of a pool or of the threads in use: 70 % and 90 %.
  public static let saturation = Severity(warning: 0.7, bad: 0.9)

  /// `failing`, `degraded`, `text`; `faint` for exactly 0.
  public func ink(_ value: Double) -> Ink {
    value >= bad ? .failing : value >= warning ? .degraded : value == 0 ? .faint : .text
  }

  public func isBad(_ value: Double) -> Bool { value >= bad }
}
