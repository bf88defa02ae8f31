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
    if isASCII, text.allSatisfy({ $0 < 0x80 }) {
      return isWhole ? isEqual(text, at: 0, isEnd: true) : contains(text)
    }
    let folded = String(decoding: text, as: UTF8.self).lowercased()
    return Array(folded.utf8).withUnsafeBytes { bytes in
      isWhole ? isEqual(bytes, at: 0, isEnd: true) : contains(bytes)
    }
  }

  private func contains(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count >= wanted.count else { return false }
    return (0...(text.count - wanted.count)).contains { isEqual(text, at: $0, isEnd: false) }
  }

  private func isEqual(_ text: UnsafeRawBufferPointer, at start: Int, isEnd: Bool) -> Bool {
    guard isEnd ? text.count == wanted.count : text.count - start >= wanted.count else { return false }
    for place in wanted.indices {
      let byte = text[start + place]
      let lower = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
      guard lower == wanted[place] else { return false }
    }
    return true
  }
}
