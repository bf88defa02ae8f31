/// What the commits of a group in a partition say about it: the status names and rules of Burrow
/// (github.com/linkedin/Burrow, `core/internal/evaluator`). Later cases are worse.
public enum LagVerdict: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case ok = "OK"
  /// It reads, but falls behind.
  case warn = "WARN"
  /// It does not commit any more.
  case stop = "STOP"
  /// It commits, but always the same offset.
  case stall = "STALL"
  /// It went back, and has not come up to where it was.
  case rewind = "REWIND"

  public static func < (left: Self, right: Self) -> Bool { left.severity < right.severity }

  private var severity: Int {
    switch self {
    case .ok: 0
    case .warn: 1
    case .stop: 2
    case .stall: 3
    case .rewind: 4
    }
  }

  /// What it counts for in its group's status.
  public var status: LagStatus {
    switch self {
    case .ok: .ok
    case .warn: .warn
    case .stop, .stall, .rewind: .error
    }
  }
}

/// The status of a group: that of its worst partition.
public enum LagStatus: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  case ok = "OK"
  case warn = "WARN"
  case error = "ERR"

  public static func < (left: Self, right: Self) -> Bool { left.severity < right.severity }

  private var severity: Int {
    switch self {
    case .ok: 0
    case .warn: 1
    case .error: 2
    }
  }
}

/// A commit as the verdict sees it.
public struct LagSample: Sendable, Hashable, Codable {
  public let offset: Int64
  /// When it was committed (nanoseconds).
  public let time: Int64
  /// Log end − offset when it was seen; nil when the log end was not known.
  public let lag: Int64?

  public init(offset: Int64, time: Int64, lag: Int64?) {
    self.offset = offset
    self.time = time
    self.lag = lag
  }
}

/// What a verdict is taken from: the last commits, oldest first, and the last log ends in any order.
public struct LagWindow: Sendable, Hashable {
  public let samples: [LagSample]
  public let logEnds: [Int64]
  public let currentLag: Int64

  public init(samples: [LagSample], logEnds: [Int64], currentLag: Int64) {
    self.samples = samples
    self.logEnds = logEnds
    self.currentLag = currentLag
  }

  /// - Parameter allowedLag: a lag up to this counts as none.
  /// - Returns: `ok` for a window without samples: nothing can be said.
  public func verdict(now: Int64, allowedLag: Int64 = 0) -> LagVerdict {
    guard currentLag > allowedLag, !samples.isEmpty else { return .ok }
    if hasStopped(now: now) && !wasRecentlyAtEnd { return .stop }
    if let index = rewindIndex, !hasRecovered(from: index) { return .rewind }
    guard isAlwaysBehind(allowedLag: allowedLag) else { return .ok }
    if hasStalled { return .stall }
    return isLagNeverDecreasing ? .warn : .ok
  }

  /// No commit for longer than the commits of the window span.
  func hasStopped(now: Int64) -> Bool {
    guard let first = samples.first, let last = samples.last else { return false }
    return now - last.time > last.time - first.time
  }

  /// The last commit had reached one of the last log ends.
  var wasRecentlyAtEnd: Bool {
    guard let last = samples.last else { return false }
    return logEnds.contains { $0 <= last.offset }
  }

  /// The first sample whose offset is below its predecessor's.
  var rewindIndex: Int? {
    samples.indices.dropFirst().first { samples[$0].offset < samples[$0 - 1].offset }
  }

  func hasRecovered(from index: Int) -> Bool {
    samples[index...].contains { $0.offset >= samples[index - 1].offset }
  }

  func isAlwaysBehind(allowedLag: Int64) -> Bool {
    samples.allSatisfy { ($0.lag ?? .max) > allowedLag }
  }

  var hasStalled: Bool {
    samples.allSatisfy { $0.offset == samples[0].offset }
  }

  var isLagNeverDecreasing: Bool {
    let lags = samples.compactMap(\.lag)
    return zip(lags, lags.dropFirst()).allSatisfy { $0 <= $1 }
  }
}
