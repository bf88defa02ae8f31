internal import GRDB
internal import Operations
internal import Platform
internal import Simulation
internal import TraceModel
internal import Transactions

/// Members: who they are, and the tokens by which the gateways know them. A token that was given back by logging out
/// stands in the key-value store for as long as it would have been good.
actor MemberService: ShopService {
  static let plan: ServicePlan = {
    var plan = ServicePlan(
      name: ShopPlan.member, team: "edge", instances: 2, firstPort: 41_981, workers: 16,
      store: StorePlan(connections: 10, tables: MemberTables.self, publishes: false), program: { MemberService($0) })
    plan.usesKeyValueStore = true
    return plan
  }()

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let process: ServiceProcess
  private let world: World
  private let database: DatabasePort
  private var random: RandomStream
  /// What it takes to derive a password's digest on one core, as it should be derived.
  private let derivation = LatencyModel(floor: 35, mean: 5)

  init(_ process: ServiceProcess) {
    self.process = process
    database = process.ownDatabase
    world = process.world
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.random("work")
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    switch request.route {
    case "POST /members": try await signUp(request.body)
    case "POST /login": try await logIn(request.body, context)
    case "POST /logout": try await logOut(request.body, context)
    case "GET /members/me": try await profile(of: request.user)
    case "PUT /members/{name}/roles": try await setRoles(request.body, of: request.argument)
    default: .notFound("member has no \(request.route)")
    }
  }

  private func signUp(_ body: Payload) async throws -> Response {
    guard let name = body.user, !name.isEmpty, let password = body.password, password.utf8.count >= 8 else {
      return Response(400, body: Payload(reason: "signing up takes a user and a password of 8 characters or more"))
    }
    let salt = PasswordDigest.hex((0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    await world.time.pause(for: derivation.sample(&random))
    try process.life.check()
    let (member, now) = (
      MemberTables.Member(name, password: password, salt: salt, roles: [MemberRole.customer]), world.time.now
    )
    let isNew = try await database.transaction("sign up", isQuiet: true) {
      try MemberTables.add(member, now: now, $0)
    }
    guard isNew else { return Response(409, body: Payload(reason: "the name \(name) is taken")) }
    world.edge.signUps += 1
    return Response(201, body: Payload(user: name))
  }

  private func logIn(_ body: Payload, _ context: TraceContext) async throws -> Response {
    guard let name = body.user, let password = body.password else {
      return Response(400, body: Payload(reason: "logging in takes a user and a password"))
    }
    let member = try await database.read { try MemberTables.member(name, $0) }
    await world.time.pause(for: derivation.sample(&random))
    try process.life.check()
    // Who is not there and whose password is wrong are told the same.
    guard let member, member.has(password: password) else {
      world.edge.refusedLogins += 1
      process.log(.warn, context, "login of \(name) refused")
      return Response(401, body: Payload(reason: "user or password is wrong"))
    }
    let now = world.time.now
    _ = try await database.transaction("log in", isQuiet: true) { try MemberTables.saw(name, now: now, $0) }
    let token = world.tokens.issue(
      subject: name, roles: member.roleList, id: String(random.next(), radix: 16), now: world.time.now)
    world.edge.logIns += 1
    var answer = Payload(user: name)
    answer.token = token.text
    answer.expires = token.claims.expiresAt
    return Response(200, body: answer)
  }

  private func logOut(_ body: Payload, _ context: TraceContext) async throws -> Response {
    let claims: TokenClaims
    do {
      claims = try world.tokens.verify(body.token ?? "", now: world.time.now)
    } catch {
      return Response(401, body: Payload(reason: "\(error)"))
    }
    guard let entry = RevocationList.entry(revoking: claims, now: world.time.now) else { return Response(204) }
    switch try await process.keyValueStore.set(entry) {
    case .success:
      world.edge.logOuts += 1
      return Response(204)
    case .failure(let failure):
      world.edge.failedLogOuts += 1
      process.log(.error, context, "token of \(claims.subject) is not revoked: \(failure)")
      // Whoever asks again does no harm: the entry is the same.
      return Response(503, body: Payload(reason: "the token is not revoked: \(failure)"))
    }
  }

  private func profile(of name: String) async throws -> Response {
    guard let member = try await database.read({ try MemberTables.member(name, $0) }) else {
      return .notFound("there is no member \(name)")
    }
    var profile = Payload(user: name)
    profile.roles = member.roleList
    return Response(200, body: profile)
  }

  private func setRoles(_ body: Payload, of name: String) async throws -> Response {
    guard let roles = body.roles, !roles.isEmpty, roles.allSatisfy(MemberRole.all.contains) else {
      return Response(
        400, body: Payload(reason: "roles is a list of \(MemberRole.all.joined(separator: ", "))"))
    }
    let isThere = try await database.transaction("set roles", isQuiet: true) {
      try MemberTables.setRoles(roles, of: name, $0)
    }
    // Tokens that are out say what they said; they are good for a quarter of an hour at most.
    return isThere ? Response(204) : .notFound("there is no member \(name)")
  }
}

extension Payload {
  var password: String? {
    get { text("password") }
    set { self["password"] = newValue.map(Value.text) }
  }
  var token: String? {
    get { text("token") }
    set { self["token"] = newValue.map(Value.text) }
  }
  /// Seconds since the Unix epoch.
  var expires: Int64? {
    get { number("expires") }
    set { self["expires"] = newValue.map(Value.number) }
  }
  var roles: [String]? {
    get { if case .texts(let roles) = self["roles"] { roles } else { nil } }
    set { self["roles"] = newValue.map(Value.texts) }
  }
}
