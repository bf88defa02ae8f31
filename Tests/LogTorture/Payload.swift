import TestSupport

/// A value that says who wrote it, and whether it is as it was written: `writer number filler sum`.
struct Payload: Equatable {
  let writer: String
  let number: Int64
  private let filler: String

  init(writer: String, number: Int64) {
    self.writer = writer
    self.number = number
    var random = SeededGenerator(seed: UInt64(bitPattern: number) &* 0x2545_F491_4F6C_DD1D)
    let length = Int.random(in: 0...240, using: &random)
    filler = String(repeating: Character(UnicodeScalar(UInt8(97 + number % 26))), count: length)
  }

  var text: String {
    let body = "\(writer) \(number) \(filler)"
    return "\(body) \(Self.sum(body))"
  }

  init?(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 4, let number = Int64(words[1]) else { return nil }
    self.init(writer: words[0], number: number)
    guard self.text == text else { return nil }
  }

  /// FNV-1a: no other record's sum by accident.
  private static func sum(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
