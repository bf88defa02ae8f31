import Testing
import TraceModel

@testable import Dashboard

struct TransactionJSONTests {
  @Test func textIsEscaped() {
    var text = ""
    JSONText.object([
      ("a\"b", .string("\\ \n\t\u{1B}\u{7F} 한글")), ("none", .null), ("yes", .boolean(true)), ("empty", .array([])),
      ("list", .array([.number(.min), .literal("1.5")])),
    ]).write(to: &text, indent: 0)
    #expect(
      text == """
        {
         "a\\"b": "\\\\ \\n\\t\\u001b\\u007f 한글",
         "none": null,
         "yes": true,
         "empty": [],
         "list": [
          -9223372036854775808,
          1.5
         ]
        }
        """)
  }

  @Test func allOfATransactionIsThere() {
    let text = TransactionJSON.text(of: TransactionFixture.detail)
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.filter { $0.hasPrefix("\"operation\": ") }.count == TransactionFixture.spans.count)
    #expect(lines.contains("\"message\": \"결제 게이트웨이 응답 시간 초과: 1,000 ms 안에 답이 없습니다\","))
    #expect(lines.contains("\"start\": \(TransactionFixture.start),"))
    #expect(lines.contains("\"level\": \"warn\","))
    #expect(text.hasSuffix("}\n"))
  }
}
