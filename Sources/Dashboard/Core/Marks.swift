import Drawing
import Operations
import Widgets

/// How the states of a system are shown, the same on every page.
extension Health {
  var mark: Mark {
    switch self {
    case .up: .healthy
    case .degraded: .degraded
    case .outOfService: .draining
    case .down: .failing
    case .unknown: .unknown
    }
  }

  /// Whether somebody should look.
  var isBad: Bool { self > .unknown }
}

extension BreakerState {
  var mark: Mark {
    switch self {
    case .closed: .closed
    case .open: .open
    case .halfOpen: .halfOpen
    case .forcedOpen: .forcedOpen
    case .disabled: .disabled
    case .metricsOnly: .metricsOnly
    }
  }

  /// The most urgent first.
  var urgency: Int {
    switch self {
    case .open: 0
    case .forcedOpen: 1
    case .halfOpen: 2
    case .disabled: 3
    case .metricsOnly: 4
    case .closed: 5
    }
  }
}

extension TransactionState {
  var mark: Mark {
    switch self {
    case .running: .running
    case .committed: .committed
    case .rejected: .rejected
    case .compensating: .compensating
    case .compensated: .compensated
    case .failed: .failed
    case .stuck: .stuck
    case .ok: Mark(Mark.committed.glyph, "", "OK", .healthy)
    case .error: Mark(Mark.failed.glyph, "", "ERROR", .failing)
    }
  }

  /// As it is shown of one that takes longer than it may.
  var overdueMark: Mark {
    switch self {
    case .running: .overdue
    case .compensating: Mark(mark.glyph, "", mark.word, .degraded)
    default: mark
    }
  }
}

extension LagVerdict {
  var mark: Mark {
    switch self {
    case .ok: .lagOK
    case .warn: .lagWarn
    case .rewind: .lagRewind
    case .stall: .lagStall
    case .stop: .lagStop
    }
  }
}

extension TopicSnapshot {
  /// The verdict on its worst group; of a bus that does not answer nothing else is known.
  var mark: Mark { isAvailable ? verdict?.mark ?? .lagNone : .busDown }

  /// Whether somebody should look.
  var isBad: Bool { !isAvailable || verdict.map { $0 != .ok } ?? false }
}

extension LagTrend {
  /// `↑`, `↓` or `–`.
  var arrow: String {
    switch self {
    case .steady: Glyphs.steady
    case .growing: Glyphs.growing
    case .draining: Glyphs.draining
    }
  }

  /// `↑ 42/s`; nothing while it is steady.
  var text: String {
    switch self {
    case .steady: ""
    case .growing(let rate), .draining(let rate): "\(arrow) \(Figures.rate(rate).text)"
    }
  }
}

extension PageContext {
  /// The time of day on this screen.
  func clock(_ time: Int64, _ precision: Figures.ClockPrecision = .seconds) -> String {
    Figures.clock(time, zoneOffset: Int(zoneOffset / 1_000_000_000), precision: precision)
  }

  /// How long ago it was, or (negative) in how long it will be, in nanoseconds. Its negative is always a number too.
  func since(_ time: Int64) -> Int64 {
    let (distance, overflow) = snapshot.time.subtractingReportingOverflow(time)
    if overflow { return snapshot.time < time ? -.max : .max }
    return max(distance, -.max)
  }
}

extension [Float] {
  /// As charts take them.
  var doubles: [Double] { map(Double.init) }
}
