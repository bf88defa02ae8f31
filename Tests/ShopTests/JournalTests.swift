import Crypto
import Foundation
import Testing
import TraceModel

@testable import Shop

/// The lines that two runs are compared by.
@Suite struct JournalTests {
  /// Writes lines into a journal with a file; its digest, and what stands in the file.
  private func written(_ body: (EventJournal) -> Void) throws -> (digest: String, text: String) {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("journal-\(UUID())")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let journal = EventJournal(file: handle)
    body(journal)
    let digest = journal.digest()
    try handle.close()
    return (digest, try String(contentsOf: file, encoding: .utf8))
  }

  @Test func wordsAreWrittenAsTheyAlwaysWere() throws {
    let (digest, text) = try written { journal in
      journal.line("span", at: 0) { words in
        words.add(GTXID(high: 0x0123_4567_89AB_CDEF, low: 0xFEDC_BA98_7654_3210)!)
        words.add(SpanID(0xA)!)
        words.add(nil as SpanID?)
        words.add("two words\\\u{7F}결제")
        words.add("")
        words.add("status", UInt8(ascii: "="), 202)
        words.add("name", UInt8(ascii: "="), "a b")
        words.add([0, 10, 65])
      }
      journal.line("state", at: .min) { words in
        for number in [0, 7, -7, 10, 99, 100, .max] as [Int64] { words.add(number) }
      }
    }
    #expect(
      text == #"""
        span 0 0123456789abcdeffedcba9876543210 000000000000000a - two\x20words\x5C\x7F결제  status=202 name=a\x20b \x00\x0AA
        state -9223372036854775808 0 7 -7 10 99 100 9223372036854775807

        """#)
    #expect(digest == SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined())
  }

  @Test func aLineMayBeLongerThanTheBuffer() throws {
    let long = String(repeating: "x", count: 300_000)
    let (digest, text) = try written { journal in
      for _ in 0..<2 { journal.line("state", at: 5) { $0.add(long) } }
    }
    #expect(text == "state 5 \(long)\nstate 5 \(long)\n")
    #expect(digest == SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined())
  }
}
