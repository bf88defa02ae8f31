import Operations
import Testing

@Suite struct CaseInsensitiveTests {
  @Test(arguments: [
    ("Payment Gateway", "GATE", true), ("payment", "payment!", false), ("", "", true), ("", "a", false),
    ("abc", "", true),
    ("aab", "AB", true), ("결제 Gateway", "gateway", true), ("결제", "결", true), ("ÉTÉ", "été", true), ("[", "{", false),
    ("@", "`", false), ("abab", "abb", false),
  ]) func contains(_ text: String, _ part: String, expected: Bool) {
    #expect(CaseInsensitive.contains(text, part) == expected)
    #expect(CaseInsensitive.contains(text, part) == (part.isEmpty || text.lowercased().contains(part.lowercased())))
  }

  @Test(arguments: [
    ("Payment", "pAYMENT", true), ("payment", "paymen", false), ("", "", true), ("É", "é", true), ("Z", "z", true),
    ("결제", "결재", false),
  ]) func equal(_ one: String, _ other: String, expected: Bool) {
    #expect(CaseInsensitive.equal(one, other) == expected)
    #expect(CaseInsensitive.equal(other, one) == expected)
  }
}
