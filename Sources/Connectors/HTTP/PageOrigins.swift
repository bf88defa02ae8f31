internal import HTTPTypes
internal import HummingbirdCore

/// Which web pages may report from a browser, which asks the receiver first (Fetch standard, "CORS protocol"): those that
/// this machine serves itself, at whatever port, and those that are named.
public struct PageOrigins: Sendable, Equatable {
  /// As browsers write them, in lower case: `https://shop.example`, `http://10.0.0.7:3000`.
  private let named: Set<String>

  public init() { named = [] }

  /// Reads `https://shop.example` or several of the kind with commas between: each with scheme and host, with a port where
  /// that is not the scheme's own, and nothing behind it.
  ///
  /// - Throws: ``ConnectorError/invalidOrigin(_:)``, for the first one that is none.
  public init(parsing text: String) throws(ConnectorError) {
    let origins = text.lowercased().split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop { $0 == " " })
    }
    for origin in origins where Self.host(of: origin) == nil { throw .invalidOrigin(origin) }
    named = Set(origins)
  }

  func allow(_ origin: String) -> Bool {
    let origin = origin.lowercased()
    guard !named.contains(origin) else { return true }
    guard let host = Self.host(of: origin) else { return false }
    return ["localhost", "127.0.0.1", "[::1]"].contains(host) || host.hasSuffix(".localhost")
  }

  /// The host of `scheme://host` or `scheme://host:port`, as it stands there; nil for anything else, `null` included.
  private static func host(of origin: String) -> Substring? {
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return nil }
    let rest = origin.dropFirst(scheme.count)
    // The colons of an IPv6 address stand in brackets.
    let bracket = rest.first == "[" ? rest.firstIndex(of: "]").map { rest.index(after: $0) } : nil
    let end = bracket ?? rest.firstIndex(of: ":") ?? rest.endIndex
    let (host, port) = (rest[..<end], rest[end...])
    guard !host.isEmpty, host.utf8.allSatisfy(isOfHost) else { return nil }
    return port.isEmpty || port.first == ":" && UInt16(port.dropFirst()) != nil ? host : nil
  }

  private static func isOfHost(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "-._[]:".utf8.contains(byte)
    }
  }
}

// What is said to a browser.
extension PageOrigins {
  /// How long a browser need not ask again, in seconds. Browsers cut it as they like.
  private static let memory = "7200"

  /// Yes to a browser that asks whether a page may send something; nil for any other request.
  func preflight(_ request: Request) -> ReceiverAnswer? {
    guard isPreflight(request), let origin = request.headers[.origin], allow(origin) else { return nil }
    var answer = ReceiverAnswer(.noContent)
    answer.headers[.accessControlAllowMethods] = "POST"
    answer.headers[.accessControlMaxAge] = Self.memory
    // Exporters add headers as their users like: none of them means anything here.
    answer.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders] ?? "content-type"
    if request.headers[.privateNetworkRequest] == "true" { answer.headers[.privateNetworkAllowed] = "true" }
    return answer
  }

  private func isPreflight(_ request: Request) -> Bool {
    request.method == .options && request.headers[.origin] != nil
      && request.headers[.accessControlRequestMethod] != nil
  }

  /// Lets the page read the answer to what it has sent; empty where it may not, and for whoever is no page.
  func headers(forAnswerTo request: Request) -> HTTPFields {
    guard let origin = request.headers[.origin], allow(origin) else { return [:] }
    // The answer to another page is another one: a cache must not mix them up.
    return [.accessControlAllowOrigin: origin, .vary: "Origin"]
  }

  /// No to a browser that asks for a page that may not.
  func refusal(of request: Request) -> Refusal? {
    guard isPreflight(request), let origin = request.headers[.origin], !allow(origin) else { return nil }
    return Refusal(
      .forbidden, .foreignPage, "pages of \(Excerpt.of(origin)) may not report here: allow it with \(Self.option)")
  }

  /// The command line's name for who may.
  public static let option = "--origin"
}

extension HTTPField.Name {
  // Private Network Access, a draft that browsers follow: a page from outside that talks to this machine.
  fileprivate static let privateNetworkRequest = unchecked("Access-Control-Request-Private-Network")
  fileprivate static let privateNetworkAllowed = unchecked("Access-Control-Allow-Private-Network")

  private static func unchecked(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header.") }
    return field
  }
}
