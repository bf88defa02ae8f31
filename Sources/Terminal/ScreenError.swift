/// Why the terminal could not be taken over. It was not touched.
public enum ScreenError: Error, Hashable, Sendable, CustomStringConvertible {
  case notATerminal
  /// `TERM` is empty, or the terminal database does not have it.
  case unknownTerminal(String)
  /// `TERM=dumb` and others that only print line after line.
  case cannotPlaceText(String)
  case noUTF8Locale
  case refused

  public var description: String {
    switch self {
    case .notATerminal:
      "The screen needs a terminal: standard input and standard output must not be redirected."
    case .unknownTerminal(""):
      "TERM is not set, so the terminal's type is not known; set it, for example TERM=xterm-256color."
    case .unknownTerminal(let type):
      "The terminal type \"\(type)\" in TERM is not known here; set one that is, for example TERM=xterm-256color."
    case .cannotPlaceText(let type):
      "A terminal of type \"\(type)\" (TERM) cannot place text on its screen; use one that can."
    case .noUTF8Locale:
      "No UTF-8 locale is installed; install one (C.UTF-8 will do), as the screen is laid out by it."
    case .refused:
      "The terminal's modes cannot be changed; is it still open?"
    }
  }
}
