public import TraceModel

/// What comes in at a gateway, and in changed form goes on behind it.
public struct GatewayRequest: Sendable, Equatable {
  /// `GET`, in capitals.
  public var method: String
  /// `/orders/17`, without the query.
  public var path: String
  /// What stands after the question mark, as it is.
  public var query: String
  public var headers: GatewayHeaders
  public var body: [UInt8]
  /// The transaction that the gateway has begun for it.
  public var gtxid: GTXID
  /// Any 64 random bits: what shares by request go by.
  public var draw: UInt64

  public init(
    _ method: String, _ path: String, query: String = "", headers: GatewayHeaders = [:], body: [UInt8] = [],
    gtxid: GTXID, draw: UInt64 = 0
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.gtxid = gtxid
    self.draw = draw
  }
}

public struct GatewayResponse: Sendable, Equatable {
  public var status: Int
  public var headers: GatewayHeaders
  public var body: [UInt8]

  public init(_ status: Int, headers: GatewayHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  init(_ status: Int, json: JSONNode) {
    self.init(status, headers: ["Content-Type": "application/json"], body: json.bytes)
  }
}

extension GatewayHeaders {
  /// The media type of a body in protobuf.
  public static let protobuf = "application/x-protobuf"

  /// The media types that a header names, in lower case and without parameters: those of the highest quality first, and
  /// none of quality 0.
  func mediaTypes(in header: String) -> [String] {
    let ranges = (self[header] ?? "").split(separator: ",").compactMap { range -> (type: String, quality: Double)? in
      let parts = range.split(separator: ";").map { $0.trimmingBlanks.lowercased() }
      guard let type = parts.first else { return nil }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
      return quality > 0 ? (type, quality) : nil
    }
    return ranges.sorted { $0.quality > $1.quality }.map(\.type)
  }
}

extension Substring {
  /// Without the spaces and tabs around it.
  fileprivate var trimmingBlanks: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    let last = start.lastIndex { $0 != " " && $0 != "\t" }
    return start.prefix(upTo: last.map { start.index(after: $0) } ?? start.startIndex)
  }
}

/// Headers in their order; names are compared without case.
public struct GatewayHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  public private(set) var all: [Carrier.Header]

  public init(_ all: [Carrier.Header] = []) { self.all = all }

  public init(dictionaryLiteral elements: (String, String)...) { all = elements.map { Carrier.Header($0.0, $0.1) } }

  /// The first value of that name. Setting replaces all of that name.
  public subscript(name: String) -> String? {
    get { all.first { Self.isSame($0.name, name) }?.value }
    set {
      let place = all.firstIndex { Self.isSame($0.name, name) }
      all.removeAll { Self.isSame($0.name, name) }
      guard let newValue else { return }
      all.insert(Carrier.Header(name, newValue), at: place ?? all.count)
    }
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && zip(left.utf8, right.utf8).allSatisfy { lowered($0) == lowered($1) }
  }

  private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
