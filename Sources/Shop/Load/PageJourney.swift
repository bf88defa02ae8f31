internal import Simulation
internal import TraceModel

/// What pages cost those who look at them, from the first question to the last answer.
struct PageCost: Sendable, Equatable {
  var pages: UInt64 = 0
  /// Those that lacked something.
  var partial: UInt64 = 0
  /// Those that could not be had at all.
  var failed: UInt64 = 0
  /// Calls from outside, and the bytes of all their questions and answers, headers among them.
  var calls: UInt64 = 0
  var bytes: UInt64 = 0
  /// Nanoseconds, all pages together.
  var time: Int64 = 0
}

/// Looking at a product's page in two ways: the page that the orchestration layer composes, with one call; and one that
/// the client's program composes itself, of calls through the gateway.
extension Customers {
  func lookAtPage(_ wish: Request) async {
    guard let token = await accounts.token(of: wish.user) else { return }
    let began = world.time.now
    let answer = try? await ask(wish)
    var sent = wish
    sent.headers.append(Accounts.header(token))
    world.edge.composedPages.add(
      calls: 1, bytes: sent.bytesOnTheWire + (answer?.bytesOnTheWire ?? 0), time: world.time.now - began,
      isThere: answer?.status == 200, isPartial: answer?.body.missing != nil)
  }

  /// A browser opens so many connections to one host.
  private static let connections = 6

  func composePage(of sku: String, for user: String, key: Carrier.Header) async {
    guard let token = await accounts.token(of: user) else { return }
    let began = world.time.now
    let connections = ResourcePool(
      "connections of a browser", size: Self.connections, queueLimit: 16, on: world.time)
    let questions = Self.parts(of: sku).map { part in
      var question = part
      question.user = user
      question.headers += [key, Accounts.header(token)]
      return question
    }
    let replies = questions.map { question in
      let reply = Reply<Response?>()
      world.life.spawn { [self] in
        let answer = try? await connections.use(waitingAtMost: 10_000_000_000) { try await self.send(question) }
        reply.resolve(.success(answer))
      }
      return reply
    }
    var answers: [Response?] = []
    for reply in replies { answers.append((try? await reply.value()) ?? nil) }
    world.edge.clientPages.add(
      calls: questions.count,
      bytes: (questions.map(\.bytesOnTheWire) + answers.map { $0?.bytesOnTheWire ?? 0 }).reduce(0, +),
      time: world.time.now - began, isThere: answers.first??.status == 200,
      isPartial: answers.contains { $0?.status != 200 })
  }

  /// The product itself comes first.
  private static func parts(of sku: String) -> [Request] {
    var product = Request("GET /products/{sku}", argument: sku)
    product.headers = [Carrier.Header("Accept-Version", "1")]
    let others = [
      "GET /carts", "GET /members/me/orders", "GET /reviews/{sku}", "GET /stock/{sku}", "GET /quotes/{sku}",
      "GET /recommendations/{sku}",
    ]
    return [product] + others.map { Request($0, argument: $0.hasSuffix("{sku}") ? sku : "") }
  }
}

extension PageCost {
  fileprivate mutating func add(calls: Int, bytes: Int, time: Int64, isThere: Bool, isPartial: Bool) {
    pages += 1
    if !isThere { failed += 1 } else if isPartial { partial += 1 }
    self.calls += UInt64(calls)
    self.bytes += UInt64(bytes)
    self.time += time
  }
}
