internal import OrderedCollections
internal import Platform
internal import Simulation
internal import TraceModel

/// The tokens that customers hold. Who has none, or one that is about to expire, logs in: a real call, one at a time for
/// each user, whose token all that the user does is sent with.
final class Accounts: @unchecked Sendable {
  private struct Session {
    var token: String
    /// Nanoseconds since the Unix epoch.
    var expires: Int64
    /// Its owner has logged out, and another window has it still.
    var isRevoked = false
  }

  private unowned let world: World
  private var sessions = OrderedDictionary<String, Session>()
  private var waiting = OrderedDictionary<String, [Reply<String?>]>()
  /// A token is renewed so long before it expires: a quarter of its life, but not more than five seconds.
  private var margin: Int64 { min(5_000_000_000, world.settings.edge.tokenLifetime * 250_000_000) }

  /// Those who run the shop, and what they may do.
  static let staff = [("mori", [MemberRole.operator]), ("ahn", [MemberRole.admin, MemberRole.operator])]

  init(world: World) {
    self.world = world
  }

  static func password(of user: String) -> String { "\(user) has a horse" }

  static func header(_ token: String) -> Carrier.Header { Carrier.Header("Authorization", "Bearer \(token)") }

  /// The token of a user; nil when logging in did not work.
  func token(of user: String) async -> String? {
    if let session = sessions[user], session.expires - world.time.now > margin { return session.token }
    guard waiting[user] == nil else {
      let reply = Reply<String?>()
      waiting[user]?.append(reply)
      return (try? await reply.value()) ?? nil
    }
    waiting[user] = []
    let token = await logIn(user)
    for reply in waiting.removeValue(forKey: user) ?? [] { reply.resolve(.success(token)) }
    return token
  }

  /// Logs a user out in one window; the others go on with the token, and do not know.
  /// - Returns: whether it is revoked.
  func logOut(_ user: String) async -> Bool {
    guard let token = await token(of: user) else { return false }
    var request = Request("POST /logout", user: user)
    request.headers.append(Self.header(token))
    guard let answer = try? await world.customers.send(request), answer.status == 204 else { return false }
    if sessions[user]?.token == token { sessions[user]?.isRevoked = true }
    return true
  }

  func isRevoked(_ token: String, of user: String) -> Bool {
    sessions[user].map { $0.token == token && $0.isRevoked } ?? false
  }

  /// The gateway does not take it any more.
  func forget(_ token: String, of user: String) {
    if sessions[user]?.token == token { sessions[user] = nil }
  }

  private func logIn(_ user: String) async -> String? {
    let request = Self.logIn(user, password: Self.password(of: user))
    guard let answer = try? await world.customers.send(request), answer.status == 200, let token = answer.body.token,
      let expires = answer.body.expires
    else { return nil }
    sessions[user] = Session(token: token, expires: expires * 1_000_000_000)
    return token
  }

  static func logIn(_ user: String, password: String) -> Request {
    var body = Payload(user: user)
    body.password = password
    return Request("POST /login", body: body, user: user)
  }
}
