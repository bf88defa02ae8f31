import CNcurses
import Drawing
import Testing

@Suite struct Widths {
  /// ncurses lays cells out by `wcwidth`. Where we disagree with it, columns drift.
  @Test func agreeWithTheTerminal() throws {
    try #require(setlocale(LC_CTYPE, "C.UTF-8") != nil)
    let drawn: [ClosedRange<UInt32>] = [
      0x20...0x7E, 0xA0...0xAC, 0xAE...0xFF, 0x100...0x17F, 0x370...0x3FF, 0x400...0x482,  // Latin, Greek, Cyrillic
      0x2010...0x2027, 0x2030...0x205E, 0x2190...0x21FF, 0x2200...0x23FF, 0x2500...0x25FF,  // signs, arrows, boxes
      0x2600...0x27BF, 0x2800...0x28FF, 0x1F300...0x1F64F,  // symbols, Braille, emoji
      0x300...0x36F, 0x3000...0x303E, 0x3041...0x30FF, 0x4E00...0x9FFF, 0xFF01...0xFF60,  // CJK
      0x1100...0x11FF, 0xAC00...0xD7A3,  // Hangul
    ]
    var disagreements: [String] = []
    for value in drawn.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let (ours, theirs) = (scalar.cellWidth, Int(cn_width(value)))
      if theirs >= 0, theirs != ours {
        disagreements.append("U+\(String(value, radix: 16)): \(ours), not \(theirs)")
      }
    }
    #expect(disagreements == [])
  }
}
