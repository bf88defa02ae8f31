internal import Operations
internal import Simulation
internal import TraceModel

/// What somebody does who comes to use an account, and what those do who run the shop.
extension Customers {
  /// What is drawn for a journey before it begins, so that no answer moves what is drawn next.
  struct MemberPlan: Sendable {
    var user: String
    /// Makes an account first.
    var isNew: Bool
    var sku: String
    /// Tries whether the token is still good after logging out.
    var triesAgain: Bool
  }

  func memberPlan(_ user: String, _ sku: String, _ random: inout RandomStream) -> MemberPlan {
    let isNew = random.happens(0.2)
    let number = random.below(1 << 30)
    return MemberPlan(
      user: isNew ? "guest-\(String(number, radix: 36))" : user, isNew: isNew, sku: sku,
      triesAgain: random.happens(0.3))
  }

  /// Signs up or logs in, looks at the account, puts something into the cart, logs out.
  func useAccount(_ plan: MemberPlan) async {
    let password = Accounts.password(of: plan.user)
    if plan.isNew {
      var body = Payload(user: plan.user)
      body.password = password
      guard let made = try? await send(Request("POST /members", body: body, user: plan.user)), made.status == 201
      else { return }
    }
    guard let answer = try? await send(Accounts.logIn(plan.user, password: password)), let token = answer.body.token
    else { return }
    func ask(_ request: Request) async -> Response? {
      var request = request
      request.user = plan.user
      request.headers.append(Accounts.header(token))
      return try? await send(request)
    }
    _ = await ask(Request("GET /members/me"))
    try? await world.time.sleep(for: 300_000_000)
    _ = await ask(Request("POST /carts", body: Payload(sku: plan.sku, quantity: 1)))
    // Only who knows that the token is revoked can say what it means that it is still taken.
    guard await ask(Request("POST /logout"))?.status == 204, plan.triesAgain else { return }
    try? await world.time.sleep(for: 500_000_000)
    guard let late = await ask(Request("GET /members/me")) else { return }
    world.edge.usedRevoked(late.status)
  }

  /// A customer logs out, and goes on in another window.
  func logOut(_ user: String) {
    come { [self] in
      let isRevoked = await accounts.logOut(user)
      world.tell(
        OperationalEvent(
          time: world.time.now, kind: .command, severity: isRevoked ? .info : .warning, subject: user,
          change: isRevoked ? "logged out" : "not logged out",
          reason: isRevoked ? "the token is revoked" : "the token is still good"))
    }
  }

  /// Somebody of the staff asks what a seller wants for a product, and now and then asks for a little more.
  func runTheShop(_ sku: String, raises: Bool) async {
    let operating = Accounts.staff[0].0
    guard let token = await accounts.token(of: operating) else { return }
    func ask(_ request: Request) async -> Response? {
      var request = request
      request.user = operating
      request.headers.append(Accounts.header(token))
      return try? await send(request, to: ShopPlan.gatewayInternal)
    }
    guard let offer = await ask(Request("GET /items/{sku}", argument: sku)), let price = offer.body.price, raises else {
      return
    }
    var body = Payload()
    body.price = price + 100
    _ = await ask(Request("PUT /items/{sku}/price", argument: sku, body: body))
  }
}
