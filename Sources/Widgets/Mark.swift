public import Drawing

/// How a state is shown: a glyph, the letter or word beside it, and its colour. Colour never says it alone.
public struct Mark: Hashable, Sendable {
  public var glyph: String
  /// One letter, or a short word where the state has no letter of its own.
  public var letter: String
  public var word: String
  public var ink: Ink

  public init(_ glyph: String, _ letter: String, _ word: String, _ ink: Ink) {
    self.glyph = glyph
    self.letter = letter
    self.word = word
    self.ink = ink
  }

  /// Glyph, blank, letter.
  public var short: [Run] { [Run(glyph + " " + letter, ink, bold: true)] }
  /// Glyph, blank, word.
  public var long: [Run] { [Run(glyph + " " + word, ink, bold: true)] }
  /// Glyph, blank, word, with the word `muted`: for states that are as they should be.
  public var quiet: [Run] { [Run(glyph + " ", ink, bold: true), Run(word, .muted)] }
}

/// Health of a service.
extension Mark {
  public static let healthy = Mark("●", "H", "healthy", .healthy)
  public static let degraded = Mark("▲", "D", "degraded", .degraded)
  public static let failing = Mark("✗", "F", "failing", .failing)
  public static let unknown = Mark("?", "U", "unknown", .unknown)
  /// Out of service as somebody wants it: no call comes any more, or not yet.
  public static let draining = Mark(Glyphs.draining, "O", "draining", .muted)
}

/// State of a circuit breaker.
extension Mark {
  public static let closed = Mark("●", "C", "CLOSED", .closed)
  public static let open = Mark("○", "O", "OPEN", .open)
  public static let halfOpen = Mark("◐", "H", "HALF", .halfOpen)
  public static let forcedOpen = Mark("⊗", "F", "FORCED", .forcedOpen)
  public static let disabled = Mark("⊘", "D", "DISABLED", .disabled)
  public static let metricsOnly = Mark("◇", "M", "METRICS", .metricsOnly)
}

/// State of a transaction or a saga. They have words and no letters.
extension Mark {
  public static let running = Mark("▸", "", "RUNNING", .text)
  public static let overdue = Mark("▸", "", "OVERDUE", .degraded)
  public static let committed = Mark("✓", "", "COMMITTED", .healthy)
  public static let rejected = Mark("✓", "", "REJECTED", .muted)
  public static let compensating = Mark("↺", "", "COMPENSATING", .compensation)
  public static let compensated = Mark("↺", "", "COMPENSATED", .compensation)
  public static let failed = Mark("✗", "", "FAILED", .failing)
  public static let stuck = Mark("■", "", "STUCK", .failing)
}

/// Verdict on a consumer group's lag.
extension Mark {
  public static let lagOK = Mark("●", "", "OK", .healthy)
  public static let lagWarn = Mark("▲", "", "WARN", .degraded)
  public static let lagStall = Mark("✗", "", "STALL", .failing)
  public static let lagStop = Mark("✗", "", "STOP", .failing)
  public static let lagRewind = Mark("✗", "", "REWIND", .failing)
  /// The group has committed nothing yet.
  public static let lagNone = Mark("?", "", "–", .unknown)
  /// The bus does not answer: there is no lag to judge.
  public static let busDown = Mark("✗", "", "DOWN", .failing)
}

/// Single glyphs by what they mean.
public enum Glyphs {
  public static let growing = "↑"
  public static let draining = "↓"
  public static let steady = "–"
  public static let fault = "↯"
  public static let event = "✉"
  /// A database, which tells nothing itself.
  public static let database = "▤"
  public static let backOff = "◷"
  public static let slow = "◷"
  public static let refused = "⊘"
  public static let critical = "┃"
  public static let unfolded = "▾"
  public static let folded = "▸"
  public static let cause = "▸"
  public static let path = "›"
  public static let selection = "▌"
  public static let enter = "↵"
  public static let alert = "!"
  public static let ascending = "▴"
  public static let descending = "▾"
  public static let edge = "─"
  public static let eventEdge = "╌"
  public static let arrowRight = "▶"
  public static let arrowLeft = "◀"

  /// An arrow's head. It is asked for, as `▲` and `▼` alone are states and cursors.
  public static func arrowUp(_ set: GlyphSet) -> String { set == .ascii ? "^" : "▲" }
  public static func arrowDown(_ set: GlyphSet) -> String { set == .ascii ? "v" : "▼" }

  /// The key's name as the last line shows it: `↵`, in ASCII `Enter`.
  public static func enterKey(_ set: GlyphSet) -> String { set == .ascii ? "Enter" : enter }

  /// `≥`, in ASCII `>=`: asked for, as it takes two columns there.
  public static func atLeast(_ set: GlyphSet) -> String { set == .ascii ? ">=" : "≥" }
}
