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
      events.append(tg_stop_requested() ? .stop : .wake)
    }
    if Int32(descriptors[0].revents) & (POLLHUP | POLLERR | POLLNVAL) != 0 {
      events.append(.stop)  // the terminal is gone
    }
    while let input = nextInput() {
      if let event = event(of: input, now: now) { events.append(event) }
    }
  }

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
    if pasted != nil { return paste(input) }
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
      pasted = ""
      return nil
    default: return nil
    }
  }

  /// The text between the two ends of a paste. Keys in it are text too; what is not text is left out.
  private mutating func paste(_ input: Input) -> Event? {
    switch input {
    case .code(ExtraKey.pasteEnds):
      defer { pasted = nil }
      return pasted.map(Event.paste)
    case .code(KEY_RESIZE):
      repaint()
      return .resize(size)
    case .code: return nil
    case .character(13): pasted?.append("\n")
    case .character(let code): Unicode.Scalar(code).map { pasted?.unicodeScalars.append($0) }
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
