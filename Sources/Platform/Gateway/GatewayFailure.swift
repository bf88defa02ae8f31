/// Why a request is not answered as it wished. The raw value names its counter.
public enum GatewayReason: String, Sendable, Hashable, CaseIterable {
  case originNotAllowed = "origin-not-allowed"
  case bodyTooLarge = "body-too-large"
  case noRoute = "no-route"
  case methodNotAllowed = "method-not-allowed"
  case noToken = "no-token"
  case invalidToken = "invalid-token"
  case expiredToken = "expired-token"
  case revokedToken = "revoked-token"
  case revocationUnknown = "revocation-unknown"
  case forbidden
  case unknownKey = "unknown-key"
  case rateLimited = "rate-limited"
  case quotaExceeded = "quota-exceeded"
  case unsupportedType = "unsupported-type"
  case malformedBody = "malformed-body"
  case untranslatable
  case upstream
  /// A filter failed for a reason of its own.
  case filterFailed = "filter-failed"

  /// The status that goes with it; of `upstream` the caller says which.
  public var status: Int {
    switch self {
    case .originNotAllowed, .forbidden: 403
    case .bodyTooLarge: 413
    case .noRoute: 404
    case .methodNotAllowed: 405
    case .noToken, .invalidToken, .expiredToken, .revokedToken, .unknownKey: 401
    case .revocationUnknown: 503
    case .rateLimited, .quotaExceeded: 429
    case .unsupportedType: 415
    case .malformedBody, .untranslatable: 400
    case .upstream: 502
    case .filterFailed: 500
    }
  }

  /// When it is given, in a sentence.
  public var meaning: String {
    switch self {
    case .originNotAllowed: "A browser's page from a place that is not on the list asked for it (CORS)."
    case .bodyTooLarge: "The body is longer than the route takes."
    case .noRoute: "No line of the table has that path."
    case .methodNotAllowed: "The table has the path, with other methods."
    case .noToken: "The route wants to know who asks, and the request has no token."
    case .invalidToken: "The token is none, or its signature is not ours."
    case .expiredToken: "The token was good until a while ago: its owner has to log in again."
    case .revokedToken: "The token's owner has logged out since it was made."
    case .revocationUnknown: "Whether the token is revoked cannot be looked up, and an unchecked one is refused."
    case .forbidden: "The token is good, and its owner has none of the roles that the route wants."
    case .unknownKey: "The API key belongs to nobody."
    case .rateLimited: "The client has made all the calls a second that its plan allows at an instance."
    case .quotaExceeded: "The client has made all the calls a day that its plan allows."
    case .unsupportedType: "The body is of a type that the route does not take."
    case .malformedBody: "The body is not what its type says."
    case .untranslatable: "The JSON does not fit the message that the service takes."
    case .upstream: "The service behind it was broken, refused, or gave no answer in time."
    case .filterFailed: "A filter of the gateway failed for a reason of its own."
    }
  }
}

/// An error of a filter: from here on the ERROR phase has the request.
public struct GatewayFailure: Error, Sendable, Equatable {
  public var reason: GatewayReason
  public var status: Int
  /// What was wrong, and what would be right.
  public var sentence: String
  /// For the answer: `Retry-After`, `Allow`, `WWW-Authenticate`.
  public var headers: GatewayHeaders

  public init(_ reason: GatewayReason, _ sentence: String, status: Int? = nil, headers: GatewayHeaders = [:]) {
    self.reason = reason
    self.status = status ?? reason.status
    self.sentence = sentence
    self.headers = headers
  }
}

/// Why the service behind the gateway gave no answer.
public struct UpstreamFailure: Error, Sendable, Hashable {
  /// 502 broken, 503 refused and not executed, 504 timed out.
  public var status: Int
  public var sentence: String

  public init(status: Int, _ sentence: String) {
    self.status = status
    self.sentence = sentence
  }
}
