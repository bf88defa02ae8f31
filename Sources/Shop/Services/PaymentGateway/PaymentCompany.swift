internal import Concurrency
internal import Operations
internal import OrderedCollections
internal import Simulation
internal import TraceModel

/// The outside company that charges cards. It is not ours: it has its own books, its own clients beside us, and no span
/// of it is ever seen. It honours an idempotency key: the same key gives the same answer, and a voided key is never
/// charged.
actor PaymentCompany: ShopService {
  static let plan = ServicePlan(
    name: ShopPlan.company, team: "outside", instances: 1, firstPort: 443, workers: 256, isOutside: true,
    objective: ShopPlan.slowObjective, program: { PaymentCompany($0) })

  static let routes = ["POST /charge", "POST /check", "POST /void"]

  nonisolated let unownedExecutor: UnownedSerialExecutor
  private let world: World
  private let books: CompanyBooks
  private var random: RandomStream
  private let latency = LatencyModel(floor: 4, mean: 7, tail: 0.01, tailMean: 25)

  init(_ process: ServiceProcess) {
    world = process.world
    books = process.world.companyBooks
    unownedExecutor = process.world.time.asUnownedSerialExecutor()
    random = process.random("behaviour")
  }

  func handle(_ request: Request, from context: TraceContext) async throws -> Response {
    let took = latency.sample(&random)
    switch request.route {
    case "POST /charge": return try await charge(request, taking: took)
    case "POST /check":
      let isDeclined = random.happens(world.settings.declined)
      try await world.time.sleep(for: took)
      return isDeclined ? Response(402, body: Payload(reason: BusinessReason.declined)) : Response(200)
    case "POST /void":
      try await world.time.sleep(for: took)
      books.void(request.argument)
      return Response(200)
    default: return Response(404, body: Payload(reason: "no such operation"))
    }
  }

  private func charge(_ request: Request, taking took: Int64) async throws -> Response {
    // Drawn for every request, so that what one customer meets does not depend on what another did.
    let (isDeclined, isLost, isLostBefore) = (
      random.happens(world.settings.declined), random.happens(world.settings.unanswered), random.happens(0.5)
    )
    // A lost request is never worked on; a lost answer belongs to a charge that was made.
    if isLost, isLostBefore { return try await silence() }
    try await world.time.sleep(for: took)
    let entry = books.charge(request.argument, amount: request.body.amount ?? 0, declining: isDeclined)
    if isLost { return try await silence() }
    switch entry {
    case .charged: return Response(200)
    case .declined: return Response(402, body: Payload(reason: BusinessReason.declined))
    case .voided: return Response(409, body: Payload(reason: "charge was voided"))
    }
  }

  private func silence() async throws -> Response {
    try await world.time.sleep(for: 30_000_000_000)
    return Response(504, body: Payload(reason: "took too long"))
  }
}

/// The company's books: what became of each key. They outlive everything of ours.
final class CompanyBooks: @unchecked Sendable {
  enum Entry: Equatable {
    case charged(Int64)
    case declined
    /// Taken back, or never to be taken.
    case voided
  }

  private unowned let world: World
  /// Whoever looks on reads them from another thread.
  private let entries = Locked(OrderedDictionary<String, (entry: Entry, at: Int64)>())
  /// What has been charged and not given back, in won.
  private(set) var kept: Int64 = 0

  /// A line of the statement that the company sends: money taken, or given back where the amount is below 0.
  struct StatementLine {
    var number: Int64
    var key: String
    var amount: Int64
    var time: Int64
  }

  private var lines: [StatementLine] = []
  private var lastLine: Int64 = 0
  private(set) var charges: UInt64 = 0
  private(set) var repeated: UInt64 = 0
  private(set) var refunds: UInt64 = 0

  init(world: World) {
    self.world = world
  }

  /// How many keys are known.
  var count: Int { entries.withLock { $0.count } }

  private func entry(_ key: String) -> Entry? { entries.withLock { $0[key]?.entry } }

  func charge(_ key: String, amount: Int64, declining: Bool) -> Entry {
    if let known = self.entry(key) {
      repeated += 1
      guard world.makes(.noIdempotency, at: ShopPlan.payment) else { return known }
    }
    let before = self.amount(under: key) ?? 0
    let entry = declining ? Entry.declined : .charged(before + amount)
    if case .charged = entry {
      kept += amount
      charges += 1
      state(key, amount)
      world.audit.effect(of: key, in: "charges", at: world.time.now)
    }
    entries.withLock { $0[key] = (entry, world.time.now) }
    return entry
  }

  func void(_ key: String) {
    if case .charged(let amount) = entry(key) {
      kept -= amount
      refunds += 1
      state(key, -amount)
      world.audit.effect(of: key, in: "refunds", at: world.time.now)
    }
    entries.withLock { $0[key] = (.voided, world.time.now) }
  }

  private func state(_ key: String, _ amount: Int64) {
    lastLine += 1
    lines.append(StatementLine(number: lastLine, key: key, amount: amount, time: world.time.now))
  }

  /// The oldest lines after one of that number, at most `limit`.
  func statement(after number: Int64, limit: Int) -> [StatementLine] {
    let start = lines.firstIndex { $0.number > number } ?? lines.count
    return Array(lines[start...].prefix(limit))
  }

  /// The money that is held under a key, in won; nil when the key is not known, or no longer.
  func amount(under key: String) -> Int64? {
    switch entry(key) {
    case .charged(let amount): amount
    case .declined, .voided: 0
    case nil: nil
    }
  }

  /// Forgets keys that were last used before `time`; the sums stay. A real company forgets after a day or so; ours is
  /// told from when on no request can name a key again.
  func prune(before time: Int64, keeping: Set<String> = []) {
    entries.withLock { entries in
      guard let oldest = entries.values.first, oldest.at < time - 60_000_000_000 else { return }
      let kept = entries.prefix { $0.value.at < time }.filter { keeping.contains($0.key) }
      entries.removeFirst(entries.values.firstIndex { $0.at >= time } ?? entries.count)
      for (key, entry) in kept { entries.updateValue(entry, forKey: key, insertingAt: 0) }
    }
  }

  /// Forgets the lines of the statement that are older than `time`.
  func pruneStatement(before time: Int64) {
    lines.removeFirst(lines.firstIndex { $0.time >= time } ?? lines.count)
  }
}
