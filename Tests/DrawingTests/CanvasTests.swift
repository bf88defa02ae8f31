import Drawing
import Testing

@Suite struct Canvases {
  @Test func koreanTakesTwoColumns() {
    var canvas = Canvas(columns: 14, rows: 2)
    let end = canvas.put("가나a", x: 1, y: 0)
    #expect(end == 6)
    canvas.put("운영", x: 0, y: 1, width: 14, align: .right)
    #expect(canvas.text == " 가나a\n          운영")
    #expect(canvas.violations == [])
  }

  @Test func fieldsAlign() {
    var canvas = Canvas(columns: 12, rows: 3)
    canvas.put("ab", x: 1, y: 0, width: 6)
    canvas.put("ab", x: 1, y: 1, width: 6, align: .right)
    canvas.put("ab", x: 1, y: 2, width: 6, align: .center)
    #expect(canvas.text == " ab\n     ab\n   ab")
  }

  @Test func runsKeepTheirInks() {
    var canvas = Canvas(columns: 12, rows: 1)
    canvas.fill(Rect(x: 0, y: 0, width: 12, height: 1), .alarm)
    canvas.rich([Run("✗ F ", .failing, bold: true), Run("pay", .strong)], x: 1, y: 0)
    #expect(
      canvas.styleMap == """
        ababacccaaaa
        a text on alarm
        b failing bold on alarm
        c strong on alarm
        """)
  }

  @Test func onSelectionWeakInksAreLifted() {
    var canvas = Canvas(columns: 6, rows: 1)
    canvas.fill(canvas.bounds, .selection)
    canvas.rich([Run("a", .faint), Run("b", .muted), Run("c", .failing)], x: 0, y: 0)
    #expect((0..<3).map { canvas.style(x: $0, y: 0).foreground } == [.muted, .text, .failing])
  }

  @Test func everyLieAboutSpaceIsReported() {
    var canvas = Canvas(size: Size(columns: 10, rows: 2), isStrict: true)
    canvas.put("1,204", x: 0, y: 0, width: 4)
    canvas.put("abc", x: 8, y: 1)
    canvas.put("x", x: 0, y: 2)
    canvas.put("y", x: 1, y: 0)
    canvas.fill(Rect(x: 9, y: 0, width: 2, height: 1), .alarm)
    #expect(canvas.violations.map(\.kind) == [.clipped, .outside, .outside, .overlap, .outside])
    #expect(canvas.text == "1y20\n        ab")
  }

  @Test func whatMayBeCoveredIs() {
    var canvas = Canvas(size: Size(columns: 10, rows: 1), isStrict: true)
    canvas.put("──────────", x: 0, y: 0)
    canvas.put("title ", x: 0, y: 0, over: true)
    canvas.release(Rect(x: 6, y: 0, width: 4, height: 1))
    canvas.put("now", x: 7, y: 0)
    canvas.put("!", x: 5, y: 0)
    #expect(canvas.text == "title!─now")
    #expect(canvas.violations == [])
  }

  @Test func drawingStaysInItsField() {
    var canvas = Canvas(size: Size(columns: 10, rows: 2), isStrict: true)
    canvas.within(Rect(x: 2, y: 0, width: 3, height: 1)) {
      $0.put("abcdef", x: 1, y: 0)
      $0.put("ghi", x: 2, y: 1)
    }
    canvas.put("z", x: 9, y: 1)
    #expect(canvas.text == "  bcd\n         z")
    #expect(canvas.violations.map(\.kind) == [.outside, .outside])
  }

  @Test func releaseBuildsSayNothing() {
    var canvas = Canvas(size: Size(columns: 3, rows: 1), isStrict: false)
    canvas.put("abcdef", x: -1, y: 0)
    canvas.put("xyz", x: 1, y: 0, width: 1)
    #expect(canvas.text == "bxd")
    #expect(canvas.violations == [])
  }

  /// A wide glyph that loses one half loses the other.
  @Test(arguments: [(0, "a 나"), (1, " a나")]) func halvesGoTogether(x: Int, expected: String) {
    var canvas = Canvas(columns: 4, rows: 1)
    canvas.put("가나", x: 0, y: 0)
    canvas.put("a", x: x, y: 0, over: true)
    #expect(canvas.text == expected)
  }

  @Test func namesCannotDriveTheTerminal() {
    var canvas = Canvas(columns: 40, rows: 1)
    canvas.put("a\u{1B}[2Jb\u{202E}c\u{9B}d\r\n\u{7}", x: 0, y: 0)
    #expect(canvas.text == "a^[[2Jb\\u{202E}c\\u{9B}d^M^J^G")
  }

  @Test func marksStayOnTheirLetter() {
    var canvas = Canvas(columns: 8, rows: 1)
    canvas.put("e\u{301}\u{1112}\u{1161}\u{11AB}❤\u{FE0F}!", x: 0, y: 0)
    #expect(canvas.glyph(x: 0, y: 0).scalars.map(\.value) == [0x65, 0x301])
    #expect(canvas.glyph(x: 1, y: 0).scalars == ["한"])
    #expect(canvas.text == "e\u{301}한❤!")
  }

  @Test func asciiKeepsColumns() {
    var canvas = Canvas(columns: 30, rows: 2, glyphSet: .ascii)
    canvas.put("● ▲ ✗ ○ ◐ ↯ … → − ▁▂▃▄▅▆▇█", x: 0, y: 0)
    canvas.put("café 결제 ☃ Ångström ┊", x: 0, y: 1)
    #expect(canvas.text == "* ! x O o % ~ > - _.-=+*#@\ncafe ???? ? Angstrom :")
    #expect(canvas.text.utf8.allSatisfy { $0 < 0x7F })
  }

  @Test func asciiSaysAtMostInTwoLettersWhereABlankGivesTheRoom() {
    var canvas = Canvas(columns: 40, rows: 1, glyphSet: .ascii)
    #expect(canvas.put("body ≤ 8192  p99 ≤1 s  a≤b  50 % ≥ 5", x: 0, y: 0) == 36)
    #expect(canvas.text == "body <=8192  p99<=1 s  a<b  50 % >=5")
  }

  @Test func thePageStepsBack() {
    var canvas = Canvas(columns: 4, rows: 3)
    for y in 0..<3 { canvas.put("abc", x: 0, y: y, .failing, background: .alarm, bold: true) }
    canvas.recede()
    #expect(canvas.style(x: 0, y: 0) == CellStyle(.failing, on: .alarm, .bold))
    #expect(canvas.style(x: 0, y: 2) == CellStyle(.failing, on: .alarm, .bold))
    #expect(canvas.style(x: 0, y: 1).description == "failing>background 0.62 on alarm>background 0.62")
    #expect(canvas.style(x: 3, y: 1).background == .background)
  }
}
