/// Whether a text is as wanted, without case: ASCII by its bytes, what else there is by Swift's own rules.
struct TextProbe: Sendable {
  private let wanted: [UInt8]
  private let isASCII: Bool
  private let isWhole: Bool

  init(_ match: TraceQuery.TextMatch) {
    switch match {
    case .equals(let text):
      wanted = Array(text.lowercased().utf8)
      isWhole = true
    case .contains(let text):
      wanted = Array(text.lowercased().utf8)
      isWhole = false
    }
    isASCII = wanted.allSatisfy { $0 < 0x80 }
  }

  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches(UnsafeRawBufferPointer($0)) }
  }

  func matches(_ text: UnsafeRawBufferPointer) -> Bool {
    // A letter that is not ASCII may become ASCII ones in lower case (K, the sign of Kelvin), so both are looked at.
    if isASCII, isWhole, let verdict = equalsPlainly(text) { return verdict }
    if isASCII, !isWhole, text.allSatisfy({ $0 < 0x80 }) { return contains(text) }
    let folded = String(decoding: text, as: UTF8.self).lowercased()
    return Array(folded.utf8).withUnsafeBytes { bytes in
      isWhole ? isEqual(bytes, at: 0, isEnd: true) : contains(bytes)
    }
  }

  /// Whether a text may be the wanted one: false where its bytes alone say that it is not.
  func mayEqual(_ text: UnsafeRawBufferPointer) -> Bool { !isASCII || !isWhole || equalsPlainly(text) ?? true }

  /// Whether a text is the wanted one, both of ASCII; nil where that takes more than its bytes. What differs before
  /// anything else but ASCII comes differs for good.
  private func equalsPlainly(_ text: UnsafeRawBufferPointer) -> Bool? {
    for place in text.indices {
      let byte = text[place]
      guard byte < 0x80 else { return nil }
      guard place < wanted.count, Self.lower(byte) == wanted[place] else { return false }
    }
    return text.count == wanted.count
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  private func contains(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count >= wanted.count else { return false }
    return (0...(text.count - wanted.count)).contains { isEqual(text, at: $0, isEnd: false) }
  }

  private func isEqual(_ text: UnsafeRawBufferPointer, at start: Int, isEnd: Bool) -> Bool {
    guard isEnd ? text.count == wanted.count : text.count - start >= wanted.count else { return false }
    for place in wanted.indices {
      guard Self.lower(text[start + place]) == wanted[place] else { return false }
    }
    return true
  }
}
