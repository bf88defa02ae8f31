/// The signs of a call tree's text.
struct CallTreeGlyphs {
  var open: String
  var folded: String
  var event: String
  var backOff: String
  var refused: String
  var duplicate: String
  var undoes: String
  var failed: String
  var critical: String
  var arrow: String
  var noHop: String
  var unknown: String
  var breakerOpen: String
  var breakerHalfOpen: String
  var breakerClosed: String

  static let unicode = CallTreeGlyphs(
    open: "▾", folded: "▸", event: "✉", backOff: "◷", refused: "⊘", duplicate: "≡", undoes: "↺", failed: "✗",
    critical: "┃", arrow: "→", noHop: "·", unknown: "–", breakerOpen: "○", breakerHalfOpen: "◐", breakerClosed: "●")
  static let ascii = CallTreeGlyphs(
    open: "v", folded: ">", event: "@", backOff: "s", refused: "/", duplicate: "=", undoes: "<", failed: "x",
    critical: "|", arrow: "->", noHop: ".", unknown: "-", breakerOpen: "O", breakerHalfOpen: "o", breakerClosed: "*")

  func breaker(_ state: String) -> String {
    switch state {
    case "OPEN", "FORCED_OPEN": breakerOpen
    case "HALF_OPEN": breakerHalfOpen
    default: breakerClosed
    }
  }
}
