/// How the letters of a cell are set, besides their ink.
public struct TextAttributes: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  public static let bold = TextAttributes(rawValue: 1 << 0)
  public static let dim = TextAttributes(rawValue: 1 << 1)
  public static let italic = TextAttributes(rawValue: 1 << 2)
  public static let underline = TextAttributes(rawValue: 1 << 3)
  public static let reverse = TextAttributes(rawValue: 1 << 4)
}

/// What a cell looks like, in words. A theme and the terminal make colours of it at the end.
public struct CellStyle: Hashable, Sendable {
  public var foreground: Ink
  public var background: Ink
  public var attributes: TextAttributes

  public init(_ foreground: Ink = .text, on background: Ink = .background, _ attributes: TextAttributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// Text on the page's ground.
  public static let plain = CellStyle()
}

extension CellStyle: CustomStringConvertible {
  /// `failing bold on alarm`: what snapshots of styles print.
  public var description: String {
    var words = [foreground.description]
    if attributes.contains(.bold) { words.append("bold") }
    if attributes.contains(.dim) { words.append("dim") }
    if attributes.contains(.italic) { words.append("italic") }
    if attributes.contains(.underline) { words.append("underline") }
    if attributes.contains(.reverse) { words.append("reverse") }
    if background != .background { words += ["on", background.description] }
    return words.joined(separator: " ")
  }
}

/// A piece of a line in one ink.
public struct Run: Hashable, Sendable {
  public var text: String
  public var ink: Ink
  public var attributes: TextAttributes

  public init(_ text: String, _ ink: Ink = .text, bold: Bool = false) {
    self.text = text
    self.ink = ink
    attributes = bold ? .bold : []
  }

  public init(_ text: String, _ ink: Ink, attributes: TextAttributes) {
    self.text = text
    self.ink = ink
    self.attributes = attributes
  }
}

extension [Run] {
  /// The columns the runs take together.
  public var cellWidth: Int { reduce(0) { $0 + $1.text.cellWidth } }

  /// Their text alone.
  public var text: String { map(\.text).joined() }
}

/// Where a text stands in its field.
public enum Alignment: Hashable, Sendable {
  case left, right, center
}
