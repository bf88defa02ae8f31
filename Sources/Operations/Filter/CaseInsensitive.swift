/// Comparing texts without case, without making new ones where they are ASCII: filters look at every transaction at every
/// frame.
public enum CaseInsensitive {
  public static func equal(_ one: String, _ other: String) -> Bool {
    compare(one, other) { text, part in
      text.count == part.count && zip(text, part).allSatisfy { folded($0) == folded($1) }
    } otherwise: {
      $0 == $1
    }
  }

  /// Whether `part` stands somewhere in `text`; nothing stands everywhere.
  public static func contains(_ text: String, _ part: String) -> Bool {
    compare(text, part) { text, part in
      guard let first = part.first.map(folded) else { return true }
      guard text.count >= part.count else { return false }
      return (0...text.count - part.count).contains { start in
        folded(text[start]) == first && part.indices.allSatisfy { folded(text[start + $0]) == folded(part[$0]) }
      }
    } otherwise: {
      $0.contains($1)
    }
  }

  private typealias Bytes = UnsafeBufferPointer<UInt8>

  private static func compare(
    _ one: String, _ other: String, _ ascii: (Bytes, Bytes) -> Bool, otherwise: (String, String) -> Bool
  ) -> Bool {
    let result = one.utf8.withContiguousStorageIfAvailable { one -> Bool? in
      other.utf8.withContiguousStorageIfAvailable { other -> Bool? in
        one.contains { $0 >= 0x80 } || other.contains { $0 >= 0x80 } ? nil : ascii(one, other)
      } ?? nil
    }
    if let result, let result { return result }
    return otherwise(one.lowercased(), other.lowercased())
  }

  private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
