/// How many colours are drawn with.
public enum ColorDepth: Hashable, Sendable, CaseIterable {
  /// None: bold, dim and reverse say it.
  case mono
  /// The terminal's own 16, or its first 8: the person's palette, not the theme's.
  case basic
  case indexed256
  /// 24 bit.
  case direct

  /// What the environment promises; nil leaves it to what the terminal database says of `TERM`.
  ///
  /// `NO_COLOR` (not empty) is mono. `COLORTERM` says 24 bit, but is inherited into GNU screen, which then shows the
  /// wrong colours, and into the console.
  /// - Parameter variable: the value of an environment variable.
  public static func promised(by variable: (String) -> String?) -> ColorDepth? {
    if let value = variable("NO_COLOR"), !value.isEmpty { return .mono }
    guard let promise = variable("COLORTERM"), promise == "truecolor" || promise == "24bit" else { return nil }
    let type = variable("TERM") ?? ""
    if type == "linux" || type.hasPrefix("vt") { return nil }
    if type.hasPrefix("screen"), variable("TMUX") ?? "" == "" { return nil }
    return .direct
  }

  /// What a terminal with that many colours can do.
  static func possible(colorCount: Int) -> ColorDepth {
    switch colorCount {
    case 0x100_0000...: .direct
    case 256...: .indexed256
    case 8...: .basic
    default: .mono
    }
  }
}
