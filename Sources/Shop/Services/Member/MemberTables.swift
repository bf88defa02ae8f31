internal import Crypto
internal import GRDB
internal import Transactions

/// The member service's database: who may log in, by what, and as what. Salt and digest are in hexadecimal.
enum MemberTables: ServiceTables {
  static let schema = """
    CREATE TABLE member(
      name TEXT PRIMARY KEY,
      salt TEXT NOT NULL,
      digest TEXT NOT NULL,
      roles TEXT NOT NULL,
      is_founding INTEGER NOT NULL,
      seen INTEGER NOT NULL) WITHOUT ROWID;
    """

  struct Member: Sendable {
    var name: String
    var salt: String
    var digest: String
    /// With a comma between them.
    var roles: String

    /// - Parameter salt: hexadecimal digits; they are hashed as they stand.
    init(_ name: String, password: String, salt: String, roles: [String]) {
      self.init(
        name, salt: salt, digest: PasswordDigest.hex(PasswordDigest.of(password, salt: Array(salt.utf8))),
        roles: roles.joined(separator: ","))
    }

    fileprivate init(_ name: String, salt: String, digest: String, roles: String) {
      (self.name, self.salt, self.digest, self.roles) = (name, salt, digest, roles)
    }

    func has(password: String) -> Bool {
      let given = PasswordDigest.hex(PasswordDigest.of(password, salt: Array(salt.utf8)))
      return PasswordDigest.areEqual(Array(given.utf8), Array(digest.utf8))
    }

    var roleList: [String] { roles.split(separator: ",").map(String.init) }
  }

  /// Customers of the first hour, and the people who run the shop.
  private static let founding: [Member] =
    (Customers.names.map { ($0, [MemberRole.customer]) } + Accounts.staff).map { name, roles in
      let salt = PasswordDigest.hex(Array(SHA256.hash(data: Array("salt of \(name)".utf8)).prefix(16)))
      return Member(name, password: Accounts.password(of: name), salt: salt, roles: roles)
    }

  static func fill(_ database: Database) throws {
    for member in founding { _ = try add(member, isFounding: true, now: 0, database) }
  }

  /// False when the name is taken.
  static func add(_ member: Member, isFounding: Bool = false, now: Int64, _ database: Database) throws -> Bool {
    try database.run(
      """
      INSERT INTO member(name, salt, digest, roles, is_founding, seen) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT(name) DO NOTHING
      """, [member.name, member.salt, member.digest, member.roles, isFounding ? 1 : 0, now])
    return database.changesCount > 0
  }

  static func member(_ name: String, _ database: Database) throws -> Member? {
    try database.first("SELECT name, salt, digest, roles FROM member WHERE name = ?", [name]) { row in
      Member(row.value(0), salt: row.value(1), digest: row.value(2), roles: row.value(3))
    }
  }

  static func saw(_ name: String, now: Int64, _ database: Database) throws {
    try database.run("UPDATE member SET seen = ? WHERE name = ?", [now, name])
  }

  /// False when there is no such member.
  static func setRoles(_ roles: [String], of name: String, _ database: Database) throws -> Bool {
    try database.run("UPDATE member SET roles = ? WHERE name = ?", [roles.joined(separator: ","), name])
    return database.changesCount > 0
  }

  static func count(_ database: Database) throws -> Int64 { try database.number("SELECT count(*) FROM member") }

  /// Accounts that were made in passing, and not used since, are closed.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run("DELETE FROM member WHERE is_founding = 0 AND seen < ?", [time])
  }
}

/// What a member may do.
enum MemberRole {
  static let customer = "customer"
  static let `operator` = "operator"
  static let admin = "admin"

  static let all = [customer, `operator`, admin]
}
