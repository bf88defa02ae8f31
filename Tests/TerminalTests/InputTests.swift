import CNcurses
import Testing

@testable import Terminal

@Suite struct Input {
  @Test(
    arguments: [
      (9, .tab), (10, .enter), (13, .enter), (127, .backspace), (8, .backspace), (3, .control("c")),
      (26, .control("z")),
      (0, .control("@")), (28, .control("\\")), (0x61, .character("a")), (0xD55C, .character("한")),
    ] as [(UInt32, Key)])
  func characters(code: UInt32, key: Key) {
    #expect(Keys.character(code) == key)
  }

  @Test func functionKeys() throws {
    #expect(try #require(Keys.function(KEY_UP)).0 == .up)
    #expect(try #require(Keys.function(KEY_F0 + 5)).0 == .function(5))
    #expect(try #require(Keys.function(KEY_SLEFT)) == (.left, .shift))
    #expect(Keys.function(KEY_MOUSE) == nil)
    #expect(Keys.function(ExtraKey.focusIn) == nil)
  }

  /// xterm's `CSI 1 ; 5 A` is Control and Up.
  @Test func heldKeys() throws {
    let code = try #require(ExtraKey.sequences.first { $0.0 == "\u{1B}[1;5A" }).1
    #expect(try #require(Keys.function(code)) == (.up, .control))
    let all = try #require(ExtraKey.sequences.first { $0.0 == "\u{1B}[1;8F" }).1
    #expect(try #require(Keys.function(all)) == (.end, [.shift, .alt, .control]))
    #expect(Set(ExtraKey.sequences.map(\.1)).count == ExtraKey.sequences.count)
  }
}

@Suite struct Clipboards {
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"), ("복사", "67O17IKs"),
  ])
  func base64(text: String, encoded: String) {
    #expect(Clipboard.base64(Array(text.utf8)) == encoded)
    #expect(Clipboard.sequence(for: text) == "\u{1B}]52;c;\(encoded)\u{7}")
  }

  @Test func tooMuchIsNotSent() {
    #expect(Clipboard.sequence(for: String(repeating: "a", count: Clipboard.limit)) != nil)
    #expect(Clipboard.sequence(for: String(repeating: "a", count: Clipboard.limit + 1)) == nil)
  }
}

@Suite struct DirectColorEntry {
  /// The value is one word of Base64, and decodes to a compiled entry of our name.
  @Test func isAnEntryOfOurs() {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    #expect(DirectColor.terminfo.hasPrefix("b64:"))
    var (bits, count, bytes): (UInt32, Int, [UInt8]) = (0, 0, [])
    for letter in DirectColor.terminfo.dropFirst(4) {
      guard let value = letters.firstIndex(of: letter) else {
        Issue.record("\(letter) is not Base64")
        return
      }
      (bits, count) = ((bits << 6 | UInt32(value)) & 0xFFFF, count + 6)
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    // 0o1036 is the magic number of entries whose numbers have 32 bits.
    #expect(bytes.prefix(2) == [0x1E, 0x02])
    #expect(String(decoding: bytes.dropFirst(12).prefix(14), as: UTF8.self) == "\(DirectColor.terminalType)|")
  }
}
