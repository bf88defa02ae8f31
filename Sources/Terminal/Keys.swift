internal import CNcurses

/// Which key a code of ncurses is.
enum Keys {
  static func function(_ code: Int32) -> (Key, Modifiers)? {
    switch code {
    case KEY_UP: (.up, [])
    case KEY_DOWN: (.down, [])
    case KEY_LEFT: (.left, [])
    case KEY_RIGHT: (.right, [])
    case KEY_SR: (.up, .shift)
    case KEY_SF: (.down, .shift)
    case KEY_SLEFT: (.left, .shift)
    case KEY_SRIGHT: (.right, .shift)
    case KEY_HOME: (.home, [])
    case KEY_END: (.end, [])
    case KEY_SHOME: (.home, .shift)
    case KEY_SEND: (.end, .shift)
    case KEY_PPAGE: (.pageUp, [])
    case KEY_NPAGE: (.pageDown, [])
    case KEY_BTAB: (.backTab, [])
    case KEY_BACKSPACE: (.backspace, [])
    case KEY_DC: (.delete, [])
    case KEY_IC: (.insert, [])
    case KEY_ENTER: (.enter, [])
    case KEY_F0 + 1...KEY_F0 + 63: (.function(Int(code - KEY_F0)), [])
    default: ExtraKey.arrow(code)
    }
  }

  static func character(_ code: UInt32) -> Key? {
    switch code {
    case 9: return .tab
    case 10, 13: return .enter
    case 27: return .escape
    case 8, 127: return .backspace
    case 0..<32: return .control(Character(Unicode.Scalar(UInt8(code) + (1...26 ~= code ? 0x60 : 0x40))))
    default: return Unicode.Scalar(code).map { .character(Character($0)) }
    }
  }
}
