internal import CNcurses
internal import CTerminalGuard
internal import Drawing
internal import Glibc

extension Screen {
  /// Every press and motion of the mouse, focus in and out, and pastes in one piece. ncurses is not asked for the mouse:
  /// it keeps eight events and drops presses where they come quickly.
  static let reportingOn = "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1003h\u{1B}[?1006h\u{1B}[?1004h\u{1B}[?2004h"
  static let reportingOff = "\u{1B}[?2004l\u{1B}[?1004l\u{1B}[?1006l\u{1B}[?1003l\u{1B}[?1002l\u{1B}[?1000l"

  static func send(_ sequence: String) {
    var sequence = sequence
    sequence.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { cn_send($0.baseAddress, Int32($0.count)) }
    }
  }

  /// LC_CTYPE alone: the other categories would change how numbers print.
  static func selectUTF8() throws(ScreenError) {
    for name in ["", "C.UTF-8", "en_US.UTF-8"] {
      guard setlocale(LC_CTYPE, name) != nil else { continue }
      if String(cString: nl_langinfo(nl_item(CODESET))) == "UTF-8" { return }
    }
    throw .noUTF8Locale
  }

  /// Starts ncurses, with our own entry where there are 24-bit colours, else and where that fails with the person's.
  static func open(isDirect: Bool) throws(ScreenError) {
    let type = getenv("TERM").map { String(cString: $0) } ?? ""
    guard !type.isEmpty else { throw .unknownTerminal("") }
    switch cn_knows(type) {
    case CN_UNKNOWN: throw .unknownTerminal(visible(type))
    case CN_CANNOT_MOVE: throw .cannotPlaceText(visible(type))
    default: break
    }
    guard tg_arm(STDOUT_FILENO) else { throw .refused }
    if isDirect, openDirect() { return }
    guard cn_open(nil) else {
      tg_disarm()
      throw .unknownTerminal(visible(type))
    }
  }

  /// ncurses reads an entry from `TERMINFO` itself. The old value comes back at once: children have their own terminals.
  private static func openDirect() -> Bool {
    let old = getenv("TERMINFO").map { String(cString: $0) }
    setenv("TERMINFO", DirectColor.terminfo, 1)
    defer {
      if let old { setenv("TERMINFO", old, 1) } else { unsetenv("TERMINFO") }
    }
    return cn_open(DirectColor.terminalType)
  }

  static func setModes() {
    set_escdelay(25)  // a lone Escape counts after 25 ms, not after a second
    raw()  // Ctrl-C, Ctrl-Z and Ctrl-S arrive as keys
    noecho()
    nonl()
    curs_set(0)
    if has_colors() {
      start_color()
      use_default_colors()
    }
    let screen = cn_screen()
    keypad(screen, true)
    nodelay(screen, true)
    leaveok(screen, true)
    intrflush(screen, false)
    for (sequence, code) in ExtraKey.sequences { define_key(sequence, code) }
    send(reportingOn)
  }
}
