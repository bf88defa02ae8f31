/// The text with its control characters made visible: `^[` for Escape, `\u{202E}` for one that turns the direction.
///
/// For names and payloads from outside. A `Canvas` does the same to whatever is put on it, so that no name can drive
/// the terminal; calling this first is needed only where the length of the text matters.
public func visible(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: { $0.visibleForm != nil }) else { return text }
  var result = ""
  for scalar in text.unicodeScalars {
    if let form = scalar.visibleForm { result += form } else { result.unicodeScalars.append(scalar) }
  }
  return result
}

extension Unicode.Scalar {
  /// What is shown for a scalar that may not be sent to a terminal; nil for all others.
  var visibleForm: String? {
    switch value {
    case 0x20..<0x7F, 0xA0..<0xAD, 0xAE..<0x300, 0x2190...0x2BFF, 0x4E00...0x9FFF, 0xAC00...0xD7A3: return nil
    case 0..<0x20: return "^" + String(Unicode.Scalar(UInt8(value) + 0x40))
    case 0x7F: return "^?"
    case 0x200C, 0x200D: return nil  // joiners belong to ordinary text in several scripts and are not drawn
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
      return "\\u{" + String(value, radix: 16, uppercase: true) + "}"
    default:
      return nil
    }
  }
}
