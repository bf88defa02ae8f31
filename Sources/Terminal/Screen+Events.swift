internal import CNcurses
internal import CTerminalGuard
internal import Drawing
internal import Glibc

extension Screen {
  /// Waits up to `milliseconds` for something to happen, and appends it all.
  /// - Parameter now: nanoseconds of any steady clock, asked when a button is pressed.
  public mutating func waitForEvents(milliseconds: Int, now: () -> Int64, into events: inout [Event]) {
    var descriptors: InlineArray<2, pollfd> = [
      pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
      pollfd(fd: tg_wake_descriptor(), events: Int16(POLLIN), revents: 0),
    ]
    // A signal ends the wait early. That is how a resize gets in: ncurses' own SIGWINCH handler has then left a
    // KEY_RESIZE to be read below.
    let timeout = Int32(clamping: max(0, milliseconds))
    var span = descriptors.mutableSpan
    span.withUnsafeMutableBufferPointer { _ = poll($0.baseAddress, 2, timeout) }

    if descriptors[1].revents != 0 {
      tg_clear_wake()
      // One wake may stand for several callers.
      if tg_take_suspend_request() { events.append(.suspend) }
      events.append(tg_stop_requested() ? .stop : .wake)
    }
    if Int32(descriptors[0].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 {
      events.append(.stop)  // the terminal is gone
    }
    var hasRead = false
    while let input = nextInput() {
      hasRead = true
      if let event = event(of: input, now: now) { events.append(event) }
    }
    let now = now()
    if hasRead { lastInput = now }
    if now - lastInput > Self.longestPause, let event = endBrokenPaste() { events.append(event) }
  }

  /// Ends a paste whose end does not come, because the connection swallowed it, say: otherwise all further keys would be
  /// taken for text. What comes of it after all is no keys either, until its end, or until it is quiet.
  private mutating func endBrokenPaste() -> Event? {
    switch paste {
    case .none: return nil
    case .gathering(let text):
      paste = .breaking
      return .paste(text)
    case .breaking:
      paste = .none
      return nil
    }
  }

  /// Nanoseconds between two pieces of one paste.
  private static let longestPause: Int64 = 1_000_000_000

  /// What ncurses read: a code of a key, or a character.
  private enum Input {
    case code(Int32)
    case character(UInt32)
  }

  private func nextInput() -> Input? {
    var code: wint_t = 0
    switch wget_wch(cn_screen(), &code) {
    case KEY_CODE_YES: return .code(Int32(bitPattern: code))
    case OK: return .character(code)
    default: return nil
    }
  }

  private mutating func event(of input: Input, now: () -> Int64) -> Event? {
    if paste != .none { return pasted(input) }
    if report != nil { return reported(input, now: now) }
    switch input {
    case .character(27):
      // Alt sends Escape and the key in one burst; Escape alone stands alone.
      switch nextInput() {
      case nil: return .key(.escape)
      case .character(let next)?: return Keys.character(next).map { .key($0, .alt) }
      case .code(let code)?:
        guard let (key, modifiers) = Keys.function(code) else { return special(code) }
        return .key(key, modifiers.union(.alt))
      }
    case .character(let code): return Keys.character(code).map { .key($0) }
    case .code(let code):
      if let (key, modifiers) = Keys.function(code) { return .key(key, modifiers) }
      return special(code)
    }
  }

  private mutating func special(_ code: Int32) -> Event? {
    switch code {
    case KEY_RESIZE:
      repaint()
      return .resize(size)
    case ExtraKey.mouse:
      report = MouseReport(isOld: false)
      return nil
    case ExtraKey.oldMouse:
      report = MouseReport(isOld: true)
      return nil
    case ExtraKey.focusIn: return .focus(true)
    case ExtraKey.focusOut: return .focus(false)
    case ExtraKey.pasteBegins:
      paste = .gathering("")
      return nil
    default: return nil
    }
  }

  /// The text between the two ends of a paste. Keys in it are text too; what is not text is left out.
  private mutating func pasted(_ input: Input) -> Event? {
    switch input {
    case .code(ExtraKey.pasteEnds):
      defer { paste = .none }
      if case .gathering(let text) = paste { return .paste(text) }
    case .code(KEY_RESIZE):
      repaint()
      return .resize(size)
    case .code: break
    case .character(13): paste.append("\n")
    case .character(let code): Unicode.Scalar(code).map { paste.append($0) }
    }
    return nil
  }

  /// The letters after the beginning of a mouse's report. A code among them means that it broke off.
  private mutating func reported(_ input: Input, now: () -> Int64) -> Event? {
    guard case .character(let letter) = input, let state = report?.append(letter) else {
      report = nil
      return event(of: input, now: now)
    }
    switch state {
    case .incomplete: return nil
    case .malformed: report = nil
    case .complete(let change):
      report = nil
      return mouse.decode(change, now: now).map(Event.mouse)
    }
    return nil
  }
}
