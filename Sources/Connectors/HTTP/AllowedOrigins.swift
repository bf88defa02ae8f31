internal import HTTPTypes
internal import HummingbirdCore

/// The origins whose web pages may report from a browser (Fetch standard, CORS protocol): those at localhost, 127.0.0.1 and
/// [::1], whatever their port, and those that are named.
///
/// Whoever is no browser sends no origin, and may report.
public struct AllowedOrigins: Sendable, Equatable {
  /// As browsers write them: `https://shop.example`, `http://10.0.0.7:3000`.
  private let named: Set<String>

  public init() { named = [] }

  /// Reads `https://shop.example` or several of the kind with commas between, each with scheme and host, with a port where it
  /// has one, and nothing behind it; or `off` for none.
  ///
  /// - Throws: ``ConnectorError/invalidOrigin(_:)``, for the first one that is none.
  public init(parsing text: String) throws(ConnectorError) {
    guard text != "off" else {
      named = []
      return
    }
    var named: Set<String> = []
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = word.drop { $0 == " " }
      guard let origin = Origin(word) else { throw .invalidOrigin(String(word)) }
      named.insert(origin.text)
    }
    self.named = named
  }

  func allow(_ origin: String) -> Bool {
    guard let origin = Origin(origin[...]) else { return false }
    return origin.isLoopback || named.contains(origin.text)
  }
}

/// Scheme, host and port.
private struct Origin {
  private static let usualPorts = ["http": "80", "https": "443"]

  /// In the one form that browsers use: lower case, without the scheme's own port.
  let text: String
  private let host: Substring

  /// Nil for what is none, `null` included.
  init?(_ text: Substring) {
    let text = text.lowercased()
    guard let scheme = Self.usualPorts.keys.first(where: { text.hasPrefix($0 + "://") }) else { return nil }
    let rest = text.dropFirst(scheme.count + 3)
    // The colons of an IPv6 address stand in brackets.
    let bracket = rest.first == "[" ? rest.firstIndex(of: "]").map { rest.index(after: $0) } : nil
    let end = bracket ?? rest.firstIndex(of: ":") ?? rest.endIndex
    let port = rest[end...]
    host = rest[..<end]
    guard Self.isHost(host), port.isEmpty || Self.isPort(port) else { return nil }
    self.text = port.dropFirst() == Self.usualPorts[scheme] ?? "" ? "\(scheme)://\(host)" : text
  }

  var isLoopback: Bool { ["localhost", "127.0.0.1", "[::1]"].contains(host) || host.hasSuffix(".localhost") }

  private static func isHost(_ host: Substring) -> Bool {
    guard host.first == "[" else {
      return !host.isEmpty && host.utf8.allSatisfy { isAlphanumeric($0) || "-._".utf8.contains($0) }
    }
    let inside = host.dropFirst().dropLast()
    return host.last == "]" && inside.contains(":")
      && inside.utf8.allSatisfy { isAlphanumeric($0) || ":.".utf8.contains($0) }
  }

  /// `:3000`.
  private static func isPort(_ text: Substring) -> Bool {
    let digits = text.dropFirst()
    return text.first == ":" && digits.first != "0"
      && digits.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
      && UInt16(digits) != nil
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

// What is said to a browser.
extension AllowedOrigins {
  /// How long a browser need not ask again, in seconds. Browsers cut it as they like.
  private static let memory = "7200"

  /// The command line's name for those that are named.
  public static let option = "--origin"

  /// No to pages of other origins. They are not asked whether a preflight went before: browsers send none where a page
  /// takes care to look like a form.
  func refusal(of request: Request) -> Refusal? {
    guard let origin = request.headers[.origin], !allow(origin) else { return nil }
    return Refusal(
      .forbidden, .foreignOrigin,
      "pages of the origin \(Excerpt.of(origin)) may not report here: name it with \(Self.option)")
  }

  /// Yes to the preflight of a page that may report; nil for any other request.
  func preflight(_ request: Request) -> ReceiverAnswer? {
    guard request.method == .options, let origin = request.headers[.origin], allow(origin),
      request.headers[.accessControlRequestMethod] != nil
    else { return nil }
    var answer = ReceiverAnswer(.noContent)
    answer.headers[.accessControlAllowMethods] = "POST"
    answer.headers[.accessControlMaxAge] = Self.memory
    // Exporters add headers as their users like: none of them means anything here.
    answer.headers[.accessControlAllowHeaders] = request.headers[.accessControlRequestHeaders] ?? "content-type"
    if request.headers[.privateNetworkRequest] == "true" { answer.headers[.privateNetworkAllowed] = "true" }
    return answer
  }

  /// Lets the page read the answer to what it has sent; empty for whoever is no page, or may not.
  func headers(forAnswerTo request: Request) -> HTTPFields {
    guard let origin = request.headers[.origin], allow(origin), request.method == .post || request.method == .options
    else { return [:] }
    // An exporter that is told to come again later looks for when.
    return [.accessControlAllowOrigin: origin, .accessControlExposeHeaders: "Retry-After", .vary: "Origin"]
  }
}

extension HTTPField.Name {
  // Private Network Access: Chrome has asked with it whether a page from outside may talk to a machine of the network.
  fileprivate static let privateNetworkRequest = known("Access-Control-Request-Private-Network")
  fileprivate static let privateNetworkAllowed = known("Access-Control-Allow-Private-Network")

  private static func known(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is no name of a header.") }
    return field
  }
}
