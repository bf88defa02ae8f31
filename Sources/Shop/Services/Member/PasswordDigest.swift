internal import Crypto

/// What is kept of a password: PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2), one block of 32 bytes, so that neither the
/// password nor that two members share one can be read from the database.
enum PasswordDigest {
  /// Far fewer than a real service should take: a run makes thousands. What it takes a real one stands in the latency.
  static let rounds = 32

  static func of(_ password: String, salt: [UInt8]) -> [UInt8] {
    let key = SymmetricKey(data: Array(password.utf8))
    var block = Array(HMAC<SHA256>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
    var digest = block
    for _ in 1..<rounds {
      block = Array(HMAC<SHA256>.authenticationCode(for: block, using: key))
      for index in digest.indices { digest[index] ^= block[index] }
    }
    return digest
  }

  /// In a time that does not tell how many bytes agree.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
