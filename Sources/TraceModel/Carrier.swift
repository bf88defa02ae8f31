/// What brings a transaction across a boundary: headers of a call or of a record.
public enum Carrier {
  public static let gtxid = "X-GTXID"
  public static let ltxid = "X-LTXID"
  public static let traceparent = "traceparent"
  public static let b3 = "b3"

  /// One name and value of a header; names are compared without case.
  public struct Header: Sendable, Equatable, Codable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// What was found in the headers of something that came in.
  public enum Extraction: Sendable, Equatable {
    case absent
    case found(Position)
    /// A header is there but cannot be read: a new transaction starts, and this is counted.
    case malformed(header: String, value: String)
  }

  /// A place in a transaction, as the other side told it.
  public struct Position: Sendable, Equatable {
    public var gtxid: GTXID
    /// Nil when the other side counts no hops.
    public var ltxid: LTXID?
    /// The other side's span.
    public var span: SpanID?

    public init(gtxid: GTXID, ltxid: LTXID?, span: SpanID?) {
      self.gtxid = gtxid
      self.ltxid = ltxid
      self.span = span
    }
  }

  /// The headers that carry `span` of hop `ltxid` to the other side.
  public static func headers(gtxid: GTXID, ltxid: LTXID, span: SpanID) -> [Header] {
    let id = gtxid.hex
    return [
      Header(Self.gtxid, id),
      Header(Self.ltxid, "\(ltxid.number)"),
      Header(traceparent, "00-\(id)-\(span.hex)-01"),
    ]
  }

  /// Reads `X-GTXID` and `X-LTXID` first, then W3C `traceparent`, then B3's single header, then its several ones.
  public static func extract(_ headers: [Header]) -> Extraction {
    let parent = value(of: traceparent, in: headers).map(position(traceparent:))
    var found: Position?
    if let text = value(of: gtxid, in: headers) {
      guard text.utf8.count == 32, let id = GTXID(text) else { return .malformed(header: gtxid, value: text) }
      found = Position(gtxid: id, ltxid: nil, span: parent??.gtxid == id ? parent??.span : nil)
    } else if let parent {
      guard let parent else { return .malformed(header: traceparent, value: value(of: traceparent, in: headers) ?? "") }
      found = parent
    } else {
      switch extractB3(headers) {
      case .found(let position): found = position
      case .malformed(let header, let value): return .malformed(header: header, value: value)
      case .absent: break
      }
    }
    guard var found else { return .absent }
    if let text = value(of: ltxid, in: headers) {
      guard let hop = hop(text) else { return .malformed(header: ltxid, value: text) }
      found.ltxid = hop
    }
    return .found(found)
  }

  /// Digits alone; and far from the end of the numbers, because each crossing counts on from it.
  private static func hop(_ text: String) -> LTXID? {
    guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }), let number = Int32(text) else {
      return nil
    }
    return LTXID(UInt32(number))
  }

  static func value(of name: String, in headers: [Header]) -> String? {
    headers.first { isSame($0.name, name) }?.value
  }

  /// Without case, which for the names of headers concerns the 26 letters of ASCII alone.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    if left == right { return true }
    guard left.utf8.count == right.utf8.count else { return false }
    return zip(left.utf8, right.utf8).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  /// `00-<32 hex>-<16 hex>-<2 hex>`, digits in lower case; later versions may go on after that, from a dash on, and are
  /// never `ff` (W3C Trace Context, 3.2 and 4.3).
  private static func position(traceparent text: String) -> Position? {
    let bytes = Array(text.utf8)
    let dash = UInt8(ascii: "-")
    guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
      !bytes[..<55].contains(where: { UInt8(ascii: "A")...UInt8(ascii: "F") ~= $0 }),
      let version = Hexadecimal.value(of: bytes[..<2]), version < 0xFF,
      bytes.count == 55 || version > 0 && bytes[55] == dash,
      Hexadecimal.value(of: bytes[53..<55]) != nil,
      let high = Hexadecimal.value(of: bytes[3..<19]), let low = Hexadecimal.value(of: bytes[19..<35]),
      let id = GTXID(high: high, low: low), let span = Hexadecimal.value(of: bytes[36..<52]).flatMap({ SpanID($0) })
    else { return nil }
    return Position(gtxid: id, ltxid: nil, span: span)
  }
}
