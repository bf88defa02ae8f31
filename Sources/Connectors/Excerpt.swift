/// Text from outside, made safe and short enough to stand in a sentence.
enum Excerpt {
  /// The first 40 characters' worth of `text`, with control and direction characters spelt as `\u{…}`.
  static func of(_ text: some StringProtocol) -> String {
    var result = ""
    var taken = 0
    for scalar in text.unicodeScalars {
      guard taken < 40 else { return result + "…" }
      taken += 1
      if isVisible(scalar) {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return result
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
