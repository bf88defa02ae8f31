public import Drawing

/// Something that happened at the terminal.
public enum Event: Hashable, Sendable {
  case key(Key, Modifiers = [])
  case mouse(Mouse)
  /// Text pasted in one piece. It may hold anything; it is not keys.
  case paste(String)
  case resize(Size)
  /// The terminal's window got the keyboard, or lost it.
  case focus(Bool)
  /// Another thread called ``Waker/wake()``: there is mail.
  case wake
  /// SIGTSTP came from outside: the program is to stop as after Ctrl-Z.
  case suspend
  /// SIGTERM, SIGHUP or SIGINT came, or the terminal went away.
  case stop
}

/// What was held while a key or button was pressed, as far as the terminal says.
public struct Modifiers: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let shift = Modifiers(rawValue: 1 << 0)
  public static let alt = Modifiers(rawValue: 1 << 1)
  public static let control = Modifiers(rawValue: 1 << 2)
}

public enum Key: Hashable, Sendable {
  /// A letter as it is typed; Shift is in the letter.
  case character(Character)
  /// Control and a small letter or one of `@ [ \ ] ^ _`. Control with i and m are ``tab`` and ``enter``.
  case control(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  /// 1...63
  case function(Int)
}

public struct Mouse: Hashable, Sendable {
  public enum Action: Hashable, Sendable {
    /// Button 1 (left), 2 or 3; `clicks` is 2 for the second press of a double click, and so on.
    case press(button: Int, clicks: Int)
    case release(button: Int)
    /// Moved with a button held.
    case drag(button: Int)
    case move
    case wheelUp, wheelDown
  }

  public var action: Action
  public var column: Int
  public var row: Int
  public var modifiers: Modifiers

  public init(_ action: Action, column: Int, row: Int, modifiers: Modifiers = []) {
    self.action = action
    self.column = column
    self.row = row
    self.modifiers = modifiers
  }
}
