extension Unicode.Scalar {
  /// How many columns a terminal gives this scalar: 0, 1 or 2.
  ///
  /// Agrees with glibc's `wcwidth`, by which curses libraries lay cells out. A test holds the two together for every
  /// block this program draws from. East Asian ambiguous scalars count as 1.
  public var cellWidth: Int {
    switch value {
    // The common cases, tables untouched: Latin, arrows, boxes and blocks, Braille.
    case 0x20..<0x7F, 0xA0..<0x300, 0x2190...0x21FF, 0x2500...0x259F, 0x2800...0x28FF: return 1
    case 0xAC00...0xD7A3: return 2  // Hangul syllables
    case 0x1160...0x11FF: return 0  // Hangul vowels and finals, joined to an initial
    default: break
    }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: return isEastAsianWide || properties.isEmojiPresentation ? 2 : 1
    }
  }

  private var isEastAsianWide: Bool {
    switch value {
    case 0x1100...0x115F,  // Hangul initials
      0x2329...0x232A, 0x2E80...0x303E,  // CJK radicals and punctuation
      0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF,  // kana, CJK, Yi
      0xA960...0xA97C, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF01...0xFF60, 0xFFE0...0xFFE6,  // fullwidth forms
      0x20000...0x3FFFD:
      true
    default: false
    }
  }
}

extension StringProtocol {
  /// The columns a `Canvas` gives this text, control characters in their visible form.
  public var cellWidth: Int {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
    return Glyph.glyphs(of: self).reduce(0) { $0 + $1.width }
  }
}
