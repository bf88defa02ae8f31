/// Finds the client whose key was sent. Without a key the user counts.
struct ClientKeyFilter: GatewayFilter {
  let name = "client-key"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    exchange.request.headers["X-API-Key"] != nil
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let key = exchange.request.headers["X-API-Key"]
    guard let client = context.configuration.clients.first(where: { $0.key == key }) else {
      throw GatewayFailure(.unknownKey, "no client has this X-API-Key")
    }
    exchange.client = client
    // The key is between the client and the gateway.
    exchange.request.headers["X-API-Key"] = nil
    return .noted(client.id)
  }
}

/// Verifies the token, in this one place for all services behind it.
struct AuthenticationFilter: GatewayFilter {
  let name = "authentication"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { exchange.route?.isPublic != true }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let words = (exchange.request.headers["Authorization"] ?? "").words(between: " ")
    guard words.count == 2, words[0].lowercased() == "bearer" else {
      throw GatewayFailure(
        .noToken, "there is no token: send Authorization: Bearer …", headers: ["WWW-Authenticate": "Bearer"])
    }
    let claims: TokenClaims
    do {
      claims = try context.verified.verify(String(words[1]), by: context.tokens, now: context.now)
    } catch {
      var reason = GatewayReason.invalidToken
      if case .expired = error { reason = .expiredToken }
      throw GatewayFailure(
        reason, error.description, headers: ["WWW-Authenticate": "Bearer error=\"invalid_token\""])
    }
    exchange.claims = claims
    return .noted(claims.subject)
  }
}

/// Asks the key-value store whether the token was revoked. What happens without an answer the configuration says.
struct RevocationFilter: GatewayFilter {
  let name = "revocation"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool { exchange.claims != nil }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    guard let claims = exchange.claims else { return .passed }
    guard let value = exchange.lookUp else { return .lookUp(key: RevocationList.key(of: claims.id)) }
    exchange.lookUp = nil
    let verdict = RevocationVerdict(value, policy: context.configuration.revocationPolicy)
    exchange.revocation = verdict
    switch verdict {
    case .valid: return .passed
    case .revoked:
      throw GatewayFailure(
        .revokedToken, "the token was revoked: log in again",
        headers: ["WWW-Authenticate": "Bearer error=\"invalid_token\""])
    case .admittedUnchecked(let reason):
      context.uncheckedAdmissions += 1
      return .noted("unchecked, fails open: \(reason)")
    case .refusedUnchecked(let reason):
      throw GatewayFailure(
        .revocationUnknown, "whether the token was revoked is unknown (\(reason)), and the gateway fails closed",
        headers: ["Retry-After": "1"])
    }
  }
}

/// Lets through who has one of the route's roles.
struct RolesFilter: GatewayFilter {
  let name = "roles"
  let phase = GatewayPhase.pre

  func applies(to exchange: GatewayExchange, in context: GatewayContext) -> Bool {
    !(exchange.route?.roles ?? []).isEmpty
  }

  func run(
    on exchange: inout GatewayExchange, in context: inout GatewayContext
  ) throws(GatewayFailure) -> FilterOutcome {
    let wanted = exchange.route?.roles ?? []
    guard let held = exchange.claims?.roles.first(where: wanted.contains) else {
      throw GatewayFailure(.forbidden, "this needs the role \(wanted.joined(separator: " or "))")
    }
    return .noted(held)
  }
}
