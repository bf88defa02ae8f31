/// A text that is looked for in many others without case. Where it is ASCII bytes are compared, whatever the others are
/// made of: logs are looked through by ten thousands of lines.
public struct FoldedWord: Sendable, Equatable {
  public let text: String
  /// In small letters; nil where bytes cannot be compared.
  private let bytes: [UInt8]?

  public init(_ text: String) {
    self.text = text
    let folded = text.lowercased()
    bytes = folded.utf8.allSatisfy { $0 < 0x80 } ? Array(folded.utf8) : nil
  }

  /// Whether it stands somewhere in `other`; nothing stands everywhere.
  public func isIn(_ other: String) -> Bool {
    guard let bytes else {
      // Most lines are ASCII, and have no letter of it.
      return !other.utf8.allSatisfy { $0 < 0x80 } && other.lowercased().contains(text.lowercased())
    }
    guard let first = bytes.first else { return true }
    var other = other
    return other.withUTF8 { other in
      guard other.count >= bytes.count else { return false }
      let end = other.count - bytes.count
      return bytes.withUnsafeBufferPointer { word in
        var start = 0
        while start <= end {
          if Self.folded(other[start]) == first {
            var length = 1
            while length < word.count, Self.folded(other[start + length]) == word[length] { length += 1 }
            if length == word.count { return true }
          }
          start += 1
        }
        return false
      }
    }
  }

  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
