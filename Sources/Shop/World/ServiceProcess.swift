internal import EventBus
internal import Operations
internal import OrderedCollections
internal import Platform
internal import Resilience
internal import Simulation
internal import TraceModel
internal import Transactions

/// One life of one instance: its threads, connections, clients and ports. Gone with the crash.
final class ServiceProcess: @unchecked Sendable {
  let instance: ServiceInstance
  /// Which life of the instance this is, from 1: each has random numbers of its own.
  let number: Int
  let world: World
  let life: Life
  let tracer: Tracer
  let workers: ResourcePool
  /// Threads for answers that go on for long; nil: there are none.
  let streams: ResourcePool?
  let database: DatabasePort?
  let bus: BusPort
  private(set) lazy var keyValueStore = KeyValueClient(self)
  private(set) lazy var directory = ServiceDirectory(self)
  private(set) lazy var registryAgent = RegistryAgent(self)
  /// What it has read when it started, and goes by until something is pushed to it.
  let configurationAtStart: ConfigurationVersion<ShopConfiguration>
  /// What was pushed to it last; nil before the first time.
  var configuration: ShopConfiguration?
  var configurationVersion: Int?
  /// Of a gateway: what is pushed changes how it is set up.
  weak var gatewayDesk: GatewayDesk?
  /// In front of its store; nil where there is none.
  var cache: StoreCache?
  /// It is to go: it renews its lease no more.
  var isLeaving = false
  /// It takes no connection any more; calls that run are answered.
  var isClosed = false
  /// How often it was drained: one that was taken back into service meanwhile is not closed by what began before.
  var drains = 0
  private(set) var clients: [RemoteClient] = []
  private(set) var behaviour: (any ShopService)?
  private var consumer: RecordConsumer?
  private var joins: [StreamJoin] = []
  private var relay: (any Relay)?
  private var open = OrderedDictionary<Int, Reply<Response>>()
  private var calls = 0
  /// Bytes of memory that were lost since it started.
  var leaked: Int64 = 0
  /// Transactions that began here, and whose first call is not answered.
  private var begun = OrderedSet<GTXID>()

  init(_ instance: ServiceInstance, lives: Int) {
    self.instance = instance
    number = lives
    world = instance.world
    configurationAtStart = world.configuration.server.current
    life = Life(on: world.time)
    let plan = instance.service.plan
    tracer = Tracer(
      world: world, service: plan.name, instance: instance.address, number: instance.number, life: life, lives: lives)
    workers = ResourcePool("workers of \(instance.name)", size: plan.workers, queueLimit: 512, on: world.time)
    streams =
      plan.streams > 0 && world.settings.edge.separatesStreams
      ? ResourcePool("streams of \(instance.name)", size: plan.streams, queueLimit: 0, on: world.time) : nil
    bus = BusPort(world: world, life: life, tracer: tracer, instance: instance, lives: lives)
    if let store = plan.store, let disk = world.disk(of: store.owner ?? plan.name) {
      database = DatabasePort(
        disk: disk, instance: instance, life: life, lives: lives, connections: store.connections, bus: bus)
    } else {
      database = nil
    }
  }

  /// The record that a partition is at, once that has failed here.
  func trial(of partition: TopicPartition) -> RecordTrial? { consumer?.trial(of: partition) }

  /// Random numbers of this life alone, for one purpose.
  func random(_ purpose: String) -> RandomStream { world.random("\(instance.name)/\(purpose)/\(number)") }

  /// Opens the ports, and begins to serve, consume and relay.
  func start() {
    fitPool()
    let plan = instance.service.plan
    clients = plan.calls.map {
      RemoteClient($0.guarded(by: world.settings.resilience, caller: plan.name), process: self)
    }
    fitBreakers()
    let behaviour = plan.program(self)
    self.behaviour = behaviour
    guard !plan.isOutside else { return }
    life.spawn { await self.registryAgent.run() }
    life.spawn { await self.subscribe() }
    if !plan.reads.isEmpty {
      let consumer = RecordConsumer(process: self, reading: plan.reads, service: behaviour)
      self.consumer = consumer
      life.spawn { await consumer.run() }
    }
    for join in plan.joins {
      let join = StreamJoin(join, process: self)
      joins.append(join)
      life.spawn { await join.run() }
    }
    if let database, let store = plan.store {
      if store.publishes {
        let relay = makeRelay(database)
        self.relay = relay
        life.spawn { await relay.run() }
      }
      if store.owner == nil {
        let housekeeping = Housekeeping(process: self, database: database, relay: relay, store: store)
        life.spawn { await housekeeping.run() }
      }
    }
  }

  func end() {
    // Its parts know the process as it knows them.
    life.whenLeft { [self] in letGo() }
    life.end()
    let lost = open
    open = [:]
    for id in begun { world.transactions.refusedAtGateway(id, reason: "\(instance.name) crashed") }
    begun = []
    // The other side notices when the connection is reset.
    let name = instance.service.name
    world.time.after(500_000) {
      for reply in lost.values { reply.resolve(.failure(CallFailure.connectionLost(name))) }
    }
  }

  private func letGo() {
    behaviour = nil
    consumer = nil
    joins = []
    relay = nil
  }

  /// Prepares for the end: takes no more calls and records, lets what runs come to its end, and gives its partitions to
  /// others at once.
  func retire() async {
    isLeaving = true
    isClosed = true
    await consumer?.close()
    for join in joins { join.close() }
  }

  func client(of callee: String) -> RemoteClient {
    guard let client = clients.first(where: { $0.callee == callee }) else {
      preconditionFailure("\(instance.service.name) calls \(callee), but the plan has no such edge")
    }
    return client
  }

  /// The database of a service whose plan gives it one.
  var ownDatabase: DatabasePort {
    guard let database else { preconditionFailure("\(instance.service.name) keeps no database") }
    return database
  }

  var openCalls: Int { open.count }
  var isRelaying: Bool { relay?.hasLease ?? false }
  var partitionsHeld: Int { consumer?.partitionsHeld ?? 0 }

  // MARK: Serving

  /// Takes a request that came over the wire. The reply is resolved when the answer has gone back over it.
  func accept(_ request: Request, reply: Reply<Response>, caller: String) {
    guard let behaviour else { return }
    calls += 1
    let call = calls
    open[call] = reply
    life.spawn {
      let result = await self.serve(request, caller: caller, by: behaviour)
      guard !self.life.isOver else { return }
      if !Self.isOfPlatform(request.route) {
        self.instance.noteAnswer(isError: (try? result.get()).map { $0.status >= 500 } ?? true)
      }
      await self.world.time.pause(for: self.instance.transit())
      guard self.open.removeValue(forKey: call) != nil else { return }
      reply.resolve(result)
    }
  }

  private func serve(
    _ request: Request, caller: String, by behaviour: any ShopService
  ) async -> Result<Response, any Error> {
    let moment = instance.moment(caller: caller, route: request.route, user: request.user)
    if world.faults.isSilent(moment) { return await never() }
    let (context, span) = enter(request)
    defer { begun.remove(context.gtxid) }
    let response: Response
    do {
      if world.faults.fails(moment) { throw HandlingFailed(description: "fault: errors") }
      if instance.version.hasSuffix("bad"), !Self.isOfPlatform(request.route) {
        throw HandlingFailed(description: "version \(instance.version) does not work")
      }
      let threads = request.events == nil ? workers : streams ?? workers
      response = try await threads.use(waitingAtMost: 2_000_000_000) {
        let late = self.world.faults.latency(moment)
        let response = try await TraceContext.$current.withValue(context) {
          switch (request.route, request.document) {
          case ("GET /health", _): try await self.health()
          case ("PUT /configuration", .configuration(let value, let version)): self.take(value, version: version)
          default: try await behaviour.handle(request, from: context)
          }
        }
        // What is late is the answer: the work is done by then.
        if late > 0 { try await self.world.time.sleep(for: late) }
        return response
      }
    } catch {
      if begun.contains(context.gtxid) { world.transactions.refusedAtGateway(context.gtxid, reason: "\(error)") }
      span?.fail("\(error)")
      span?.end()
      return .success(refusal("\(error)", context))
    }
    if begun.contains(context.gtxid), let span, !span.goesOn(after: response.status) {
      world.transactions.answered(context.gtxid, response.status, reason: response.body.reason ?? "")
    }
    return .success(leave(response, context: context, span: span))
  }

  /// What the platform asks of every process, whatever its program is.
  static func isOfPlatform(_ route: String) -> Bool { route == "GET /health" || route == "PUT /configuration" }

  /// A process that answers, and whose database does.
  private func health() async throws -> Response {
    _ = try await database?.read { try $0.number("SELECT 1") }
    // The store is not the instance: what is wrong with it is an indicator of its own.
    if instance.service.plan.usesKeyValueStore { _ = try await keyValueStore.value(of: "health") }
    // So is the bus. Who has nothing to tell it would not learn that it is back.
    bus.lookAgain()
    return Response(200)
  }

  /// A company that is silent keeps the connection open and says nothing.
  private func never() async -> Result<Response, any Error> {
    try? await world.time.sleep(for: 3_600_000_000_000)
    return .failure(CallFailure.connectionLost(instance.service.name))
  }

  /// It tells of the hops that calls have used. One that was given to an event went with the transaction that was rolled
  /// back.
  private func refusal(_ reason: String, _ context: TraceContext) -> Response {
    var response = Response(503, body: Payload(reason: reason))
    response.headers.append(Carrier.Header(Carrier.gtxid, context.gtxid.hex))
    response.headers.append(Carrier.Header(Carrier.ltxid, "\(context.hops.highestCrossed.number)"))
    return response
  }

  /// Begins the server's side of the crossing: of the transaction in the headers, or of a new one.
  private func enter(_ request: Request) -> (context: TraceContext, span: OpenSpan?) {
    var position: Carrier.Position?
    var foreign: String?
    switch Carrier.extract(request.headers) {
    case .absent: break
    case .malformed(let header, let value):
      world.counters.malformedHeaders += 1
      foreign = "\(header): \(value)"
    case .found(let found):
      // An id from outside is not trusted: the external gateway makes its own.
      if instance.service.name == ShopPlan.gateway { foreign = found.gtxid.hex } else { position = found }
    }
    let gtxid = position?.gtxid ?? world.makeGTXID(at: instance)
    let ltxid = position?.ltxid ?? .first
    guard !instance.service.plan.isOutside else {
      return (TraceContext(gtxid: gtxid, ltxid: ltxid, span: tracer.makeID()), nil)
    }
    let span = tracer.start(request.route, kind: .server, gtxid: gtxid, parent: position?.span, ltxid: ltxid)
    if let foreign { span.set(AttributeName.foreignID, .text(foreign)) }
    if position == nil { begin(request, gtxid, span) }
    return (TraceContext(gtxid: gtxid, ltxid: ltxid, span: span.id), span)
  }

  /// A transaction begins here.
  private func begin(_ request: Request, _ id: GTXID, _ span: OpenSpan) {
    // A gateway calls it as its routes go by now.
    let kind = gatewayDesk?.table.kind(of: request.route) ?? GatewayRoute.kind(of: request.route)
    span.set(AttributeName.kind, .text(kind))
    if !request.user.isEmpty { span.set(AttributeName.user, .text(request.user)) }
    guard !TransactionKind.hidden.contains(kind) else { return }
    begun.append(id)
    span.set(WireSize.request, .integer(Int64(request.bytesOnTheWire)))
    if let ticket = request.ticket { world.customers.takenIn(ticket, as: id) }
    world.transactions.started(
      id, kind: kind, user: request.user, amount: request.body.amount.map { PaymentService.won($0) } ?? "")
  }

  /// Ends the server's side: the answer takes along the highest hop that was used behind it.
  private func leave(_ response: Response, context: TraceContext, span: OpenSpan?) -> Response {
    var response = response
    response.headers.append(Carrier.Header(Carrier.gtxid, context.gtxid.hex))
    response.headers.append(Carrier.Header(Carrier.ltxid, "\(context.hops.highestKnown.number)"))
    if let span {
      if begun.contains(context.gtxid) {
        span.set(WireSize.response, .integer(Int64(response.bytesOnTheWire)))
      }
      span.set(AttributeName.httpStatus, .integer(Int64(response.status)))
      if response.status >= 500 {
        span.fail(response.body.reason ?? "answered \(response.status)")
      } else {
        span.succeed()
      }
      span.end()
    }
    return response
  }
}
