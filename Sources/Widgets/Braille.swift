/// Two columns of four dots in a cell, filled from below. A chart has two samples a cell.
enum Braille {
  /// The dots of a column from the lowest up.
  private static let left: [UInt32] = [0x40, 4, 2, 1]
  private static let right: [UInt32] = [0x80, 0x20, 0x10, 8]

  static func text(_ dots: UInt32) -> String { String(Unicode.Scalar(0x2800 + dots) ?? " ") }

  /// The cell with that many dots from below in each column; less than 0 is none, more than 4 is all.
  static func filled(_ one: Int, _ other: Int) -> UInt32 {
    left.prefix(min(4, max(0, one))).reduce(0, |) | right.prefix(min(4, max(0, other))).reduce(0, |)
  }

  /// A single dot, `level` 0...3 from below.
  static func dot(isRight: Bool, level: Int) -> UInt32 { isRight ? right[level] : left[level] }
}
