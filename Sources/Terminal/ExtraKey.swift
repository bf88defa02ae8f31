/// Sequences that the terminal database has no key for. Their codes lie above ncurses' own.
enum ExtraKey {
  static let focusIn: Int32 = 0x1000
  static let focusOut: Int32 = 0x1001
  static let pasteBegins: Int32 = 0x1002
  static let pasteEnds: Int32 = 0x1003
  static let mouse: Int32 = 0x1004
  static let oldMouse: Int32 = 0x1005

  /// Keys held with others: xterm writes what is held as a number, 1 + 1 for Shift, 2 for Alt, 4 for Control.
  private static let arrows: [(letter: String, key: Key)] = [
    ("A", .up), ("B", .down), ("C", .right), ("D", .left), ("H", .home), ("F", .end),
  ]
  private static let firstArrow: Int32 = 0x1010

  static let sequences: [(String, Int32)] = {
    var sequences: [(String, Int32)] = [
      ("\u{1B}[I", focusIn), ("\u{1B}[O", focusOut), ("\u{1B}[200~", pasteBegins), ("\u{1B}[201~", pasteEnds),
      ("\u{1B}[<", mouse), ("\u{1B}[M", oldMouse),
    ]
    for held in 1..<8 {
      for (index, arrow) in arrows.enumerated() {
        sequences.append(("\u{1B}[1;\(held + 1)\(arrow.letter)", firstArrow + Int32(held * 8 + index)))
      }
    }
    return sequences
  }()

  /// The key of a code above ``firstArrow``, with what was held.
  static func arrow(_ code: Int32) -> (Key, Modifiers)? {
    let place = Int(code - firstArrow)
    guard place >= 8, place < 64, place % 8 < arrows.count else { return nil }
    return (arrows[place % 8].key, Modifiers(rawValue: UInt8(place / 8)))
  }
}
