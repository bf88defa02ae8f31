/// What stands in a cell: a Unicode scalar and up to two combining marks on it, or the second half of a wide one.
///
/// One integer, so that comparing frames is cheap. It never holds a control or a bidirectional control character.
public struct Glyph: Hashable, Sendable {
  /// The base in the low 21 bits, then two marks of 21 bits; 0 is the second half of a wide glyph.
  private var bits: UInt64

  private init(bits: UInt64) {
    self.bits = bits
  }

  public static let blank = Glyph(bits: 0x20)
  /// What the second column of a wide glyph holds.
  public static let continuation = Glyph(bits: 0)

  init(_ scalar: Unicode.Scalar) {
    bits = UInt64(scalar.value)
  }

  /// The base and its marks; none for a continuation.
  public var scalars: [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var rest = bits
    while rest != 0, let scalar = Unicode.Scalar(UInt32(rest & 0x1F_FFFF)) {
      result.append(scalar)
      rest >>= 21
    }
    return result
  }

  /// The scalar without its marks; a blank for a continuation.
  public var base: Unicode.Scalar {
    Unicode.Scalar(UInt32(bits & 0x1F_FFFF)).flatMap { $0.value == 0 ? nil : $0 } ?? " "
  }

  /// 1 or 2; 0 for a continuation.
  public var width: Int { bits == 0 ? 0 : base.cellWidth }

  private var hasMarks: Bool { bits >> 21 != 0 }

  /// The glyph as text.
  public var text: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}

extension Glyph {
  /// Cuts text into what goes into cells, in order.
  ///
  /// Marks join the scalar before them (two at most), Hangul jamo are composed, a joined emoji is its first picture,
  /// and controls become their visible form. So the sum of the widths is the columns the text takes, in any terminal.
  static func glyphs(of text: some StringProtocol) -> [Glyph] {
    var glyphs: [Glyph] = []
    glyphs.reserveCapacity(text.utf8.count)
    var isJoined = false
    for scalar in text.unicodeScalars {
      if let shown = scalar.visibleForm {
        glyphs += shown.unicodeScalars.map(Glyph.init)
        isJoined = false
      } else if scalar.value == 0x200D {
        isJoined = !glyphs.isEmpty
      } else if scalar.cellWidth == 0 {
        glyphs.last.map { glyphs[glyphs.count - 1] = $0.joined(with: scalar) }
      } else if (isJoined || scalar.properties.isEmojiModifier), let last = glyphs.last, last.width == 2,
        scalar.properties.isEmoji
      {
        isJoined = false  // the rest of a joined emoji; terminals disagree on its width
      } else {
        glyphs.append(Glyph(scalar))
        isJoined = false
      }
    }
    return glyphs
  }

  private func joined(with mark: Unicode.Scalar) -> Glyph {
    if let syllable = hangulSyllable(with: mark) { return syllable }
    switch mark.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: break
    default: return self
    }
    // Variation selectors change the width of a glyph in some terminals and not in others.
    if mark.properties.isVariationSelector || bits >> 42 != 0 { return self }
    return Glyph(bits: bits | UInt64(mark.value) << (hasMarks ? 42 : 21))
  }

  /// Hangul composition by arithmetic (The Unicode Standard, 3.12).
  private func hangulSyllable(with mark: Unicode.Scalar) -> Glyph? {
    guard !hasMarks else { return nil }
    switch (base.value, mark.value) {
    case (0x1100...0x1112, 0x1161...0x1175):
      return Glyph(bits: UInt64(0xAC00 + ((base.value - 0x1100) * 21 + (mark.value - 0x1161)) * 28))
    case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (base.value - 0xAC00) % 28 == 0:
      return Glyph(bits: UInt64(base.value + mark.value - 0x11A7))
    default:
      return nil
    }
  }
}
