internal import Crypto
// The protocols of jwt-kit are written in terms of its `Data`.
internal import FoundationEssentials
internal import JWTKit

/// HMAC with SHA-256, for jwt-kit. Its own keeps its keys in an actor, which nobody can ask within one step.
struct HS256: JWTAlgorithm {
  private let key: SymmetricKey
  let name = "HS256"

  init(secret: [UInt8]) { key = SymmetricKey(data: secret) }

  func sign(_ plaintext: some DataProtocol) throws -> [UInt8] { signature(of: plaintext) }

  func verify(_ signature: some DataProtocol, signs plaintext: some DataProtocol) throws -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(Array(signature), authenticating: plaintext, using: key)
  }

  func signature(of plaintext: some DataProtocol) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: plaintext, using: key))
  }
}

/// What stands in a token, as jwt-kit reads it.
private struct Payload: JWTPayload {
  var sub: String
  var roles: [String]
  var iat: Int64
  var exp: Int64
  var jti: String
  var use: String

  /// The claims are checked against a time that is handed in, which this function cannot be given.
  func verify(using algorithm: some JWTAlgorithm) async throws {}
}

extension TokenClaims {
  /// `header.payload.signature`: equal claims give equal bytes.
  func signed(with algorithm: HS256) -> String {
    let header: JSONNode = ["alg": .text(algorithm.name), "typ": "JWT"]
    let payload: JSONNode = [
      "sub": .text(subject), "roles": .array(roles.map { .text($0) }), "iat": .integer(issuedAt),
      "exp": .integer(expiresAt), "jti": .text(id), "use": .text(use.rawValue),
    ]
    let input = Base64URL.text(of: header.bytes) + "." + Base64URL.text(of: payload.bytes)
    return input + "." + Base64URL.text(of: algorithm.signature(of: Array(input.utf8)))
  }

  /// Reads a token whose signature is right; its times are not looked at.
  init(token: String, verifiedWith algorithm: HS256) throws(TokenRefusal) {
    let bytes = Array(token.utf8)
    let parsed: (header: JWTHeader, payload: Payload, signature: Data)
    do {
      parsed = try DefaultJWTParser().parse(bytes, as: Payload.self)
    } catch {
      throw .malformed
    }
    guard parsed.header.alg == algorithm.name else { throw .wrongAlgorithm(parsed.header.alg ?? "none") }
    let end = bytes.lastIndex(of: UInt8(ascii: ".")) ?? 0
    guard (try? algorithm.verify(parsed.signature, signs: bytes[..<end])) == true else { throw .wrongSignature }
    guard let use = TokenUse(rawValue: parsed.payload.use) else { throw .malformed }
    self.init(
      subject: parsed.payload.sub, roles: parsed.payload.roles, issuedAt: parsed.payload.iat,
      expiresAt: parsed.payload.exp, id: parsed.payload.jti, use: use)
  }
}
