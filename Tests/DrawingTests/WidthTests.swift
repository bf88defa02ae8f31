import Drawing
import Testing

@Suite struct TextWidths {
  @Test(arguments: [
    ("abc", 3), ("결제", 4), ("漢字", 4), ("e\u{301}", 1), ("\u{1112}\u{1161}\u{11AB}", 2), ("⚡", 2), ("⚠", 1), ("▌│━", 3),
    ("👍🏽", 2), ("👩‍👩‍👧", 2), ("\u{1B}[31m", 6), ("a\u{202E}b", 10), ("", 0), ("\u{200D}", 0),
  ])
  func ofText(text: String, width: Int) {
    #expect(text.cellWidth == width)
  }

  @Test(arguments: [
    ("plain", "plain"), ("a\nb", "a^Jb"), ("\u{1B}]0;x\u{7}", "^[]0;x^G"), ("\u{7F}", "^?"),
    ("\u{9B}31m", "\\u{9B}31m"),
    ("\u{202E}x", "\\u{202E}x"), ("\u{2066}", "\\u{2066}"), ("\u{2028}", "\\u{2028}"), ("\u{FEFF}", "\\u{FEFF}"),
    ("각", "각"), ("👩‍👧", "👩‍👧"),
  ])
  func controlsAreVisible(text: String, shown: String) {
    #expect(visible(text) == shown)
  }

  @Test(arguments: [
    ("payment-gateway", 15, "payment-gateway"), ("payment-gateway", 9, "paym…eway"), ("payment-gateway", 2, "p…"),
    ("payment-gateway", 1, "…"), ("payment-gateway", 0, ""), ("결제서비스", 6, "결…스"), ("결제서비스", 5, "결…스"),
    ("a\u{1B}bcdefg", 5, "a^…fg"),
  ])
  func cutInTheMiddle(text: String, width: Int, shown: String) {
    #expect(middleEllipsis(text, width) == shown)
    #expect(middleEllipsis(text, width).cellWidth <= width)
  }

  @Test func cutAtTheEnd() {
    #expect(endEllipsis("no answer in time", 9) == "no answe…")
    #expect(endEllipsis("결제가", 5) == "결제…")
    let runs = [Run("lag ", .muted), Run("1,204", .degraded, bold: true), Run(" growing", .text)]
    #expect(endEllipsis(runs, 40) == runs)
    #expect(endEllipsis(runs, 12).text == "lag 1,204 g…")
    #expect(endEllipsis(runs, 9).text == "lag 1,20…")
    #expect(endEllipsis(runs, 4).text == "lag…")
    #expect(endEllipsis(runs, 0).isEmpty)
  }
}
