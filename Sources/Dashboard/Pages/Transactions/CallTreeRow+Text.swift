import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

extension CallTreeRow {
  /// What the last column says.
  var codeText: String {
    switch code {
    case .none: ""
    case .ok: "ok"
    case .failed(let status): status.map { "✗ \($0)" } ?? "✗"
    case .status(let status): "\(status)"
    case .state(let state): state
    case .refused: Glyphs.refused
    case .unknown: "–"
    }
  }

  var codeInk: Ink {
    switch code {
    case .failed: .failing
    case .refused: .open
    case .unknown: .faint
    case .none, .ok, .status, .state: .muted
    }
  }

  /// `1/3`; nothing for what was tried once.
  var attemptText: String {
    guard let attempt else { return "" }
    guard let attempts else { return attempt > 1 ? "\(attempt)" : "" }
    return attempts > 1 ? "\(attempt)/\(attempts)" : ""
  }

  /// What stands in the place of the fold, for what is not a call.
  var glyph: Run? {
    switch content {
    case .hop, .span: nil
    case .record: Run(Glyphs.event, .event)
    case .duplicate: Run(Glyphs.event, .faint)
    case .backOff: Run(Glyphs.backOff, .muted)
    case .refused: Run(Glyphs.refused, .open)
    case .breaker: Run(breakerMark.glyph, breakerMark.ink, bold: true)
    }
  }

  /// The state that a breaker went to.
  var breakerMark: Mark { BreakerState(rawValue: to)?.mark ?? Mark("?", "", to, .unknown) }

  /// `inventory[2] @188,811`
  var recordPlace: String {
    let place = partition.map { "\(topic)[\($0)]" } ?? topic
    return offset.map { "\(place) @\(Figures.count(Int($0)).text)" } ?? place
  }

  /// The figure of the column `took`.
  var took: Figure {
    switch content {
    case .record: duration.map(Figures.offset) ?? .unknown
    case .refused: Figures.duration(0)
    case .breaker, .duplicate: Figure("")
    case .hop, .span, .backOff: duration.map(Figures.duration) ?? .unknown
    }
  }
}
