internal import EventBus
internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

/// Builds a view anew beside the one that serves, and puts it in its place when both hold the same.
///
/// The rows of its sources are read in chunks by their keys, each row with the position of the log at that moment, while
/// every change goes to both builds; positions decide which of the two is newer (Andreakis and Papapanagiotou, "DBLog: A
/// Watermark Based Change-Data-Capture Framework", where watermarks do what positions do here). Once the build that serves
/// has all that happened until the last chunk was read, the two must be equal; if they are not, that is told.
struct ViewRebuild: Sendable {
  private static let chunk = 128

  private let plan: ViewPlan
  private let world: Unowned<World>
  /// The tables in the order in which they are read.
  private let tables: [(source: Int, name: String)]

  init(_ plan: ViewPlan, world: World) {
    self.plan = plan
    self.world = Unowned(world)
    tables = plan.sources.enumerated().flatMap { source, of in of.tables.map { (source, $0) } }
  }

  static func name(of view: String) -> String { "rebuild \(view)" }

  /// Every ten minutes, so that a view that went wrong unnoticed does not stay so; or when somebody asks for it. A run
  /// that a crash has ended goes on where it was.
  var job: BatchJob {
    BatchJob(Self.name(of: plan.name), schedule: .every(600_000_000_000), attempts: 40) { try step($0) }
  }

  private func step(_ context: BatchJob.Context) throws -> BatchJob.Step {
    let now = context.now
    guard let place = RebuildPlace(context.state) else { return try begin(now).step }
    if place.table < tables.count { return try read(on: place, now).step }
    if place.ends.isEmpty { return try waitForMiners(place).step }
    if place.verdict == nil { return isApplied(place) ? try compare(place, now).step : place.step }
    return try cutOver(place, now)
  }

  private var store: DocumentStore { world.value.documents(of: plan.keeper) }

  private func log(of source: ViewPlan.Source) throws -> ChangeLog {
    let moment = FaultSwitchboard.Moment(service: source.service, instance: 0)
    guard !world.value.faults.isDatabaseDown(moment) else {
      throw DatabaseUnavailable(description: "database \(source.service) refuses the connection")
    }
    guard let log = world.value.disk(of: source.service)?.database.changeLog else {
      preconditionFailure("\(source.service) captures its rows")
    }
    return log
  }

  private func begin(_ now: Int64) throws -> RebuildPlace {
    let total = try tables.reduce(0) { try $0 + log(of: plan.sources[$1.source]).count(of: $1.name) }
    let shadow = try plan.view.beginShadow(store, now: now)
    if world.value.settings.wrongOrders.contains(.serveThenRebuild) {
      try plan.view.cutOver(to: shadow, store, now: now)
    }
    return RebuildPlace(build: shadow, total: total, sources: plan.sources.count)
  }

  private func read(on place: RebuildPlace, _ now: Int64) throws -> RebuildPlace {
    var place = place
    let (number, table) = tables[place.table]
    let source = plan.sources[number]
    let chunk = try log(of: source).chunk(of: table, after: place.key, limit: Self.chunk)
    let isBlind = world.value.makes(.viewWithoutVersions, at: plan.keeper)
    for row in chunk.rows.compactMap(\.after) {
      place.key = row.key.first
      place.done += 1
      guard let said = source.payload(row, chunk.position), let change = plan.change(source.topic, said) else {
        continue
      }
      try plan.view.put(change, into: place.build, isBlind: isBlind, store, now: now)
    }
    if chunk.rows.count < Self.chunk {
      place.positions[number] = chunk.position
      (place.table, place.key) = (place.table + 1, nil)
    }
    return place
  }

  /// What was committed before the last chunk must be on its topic before the topic's end can be told.
  private func waitForMiners(_ place: RebuildPlace) throws -> RebuildPlace {
    var place = place
    for (source, position) in zip(plan.sources, place.positions) {
      guard world.value.mined(of: source.service) ?? 0 >= position else { return place }
    }
    place.ends = try plan.sources.flatMap { source in
      let topic = try world.value.broker.topic(source.topic)
      return try (0..<ShopPlan.partitions).map { try topic.bounds(partition: $0).upperBound }
    }
    return place
  }

  /// Whether the build that serves has all that the last chunk has: lag 0, as of then.
  private func isApplied(_ place: RebuildPlace) -> Bool {
    place.ends.enumerated().allSatisfy { number, end in
      let (source, partition) = number.quotientAndRemainder(dividingBy: ShopPlan.partitions)
      let name = TopicPartition(topic: plan.sources[source].topic, partition: partition)
      return (world.value.broker.groups.committed(group: plan.keeper, name)?.offset ?? 0) >= end
    }
  }

  /// Before it takes over, and in a step of its own: once it serves there is nothing left to compare it with.
  private func compare(_ place: RebuildPlace, _ now: Int64) throws -> RebuildPlace {
    var place = place
    let forgotten = world.value.horizon() - Observatory.memory
    let builds = try plan.view.builds(store)
    // What one of the two has yet to forget is no difference.
    for build in builds.all { try plan.forget(build, forgotten, store, now) }
    guard builds.live != place.build else {
      place.verdict = "it served already, and was compared with nothing"
      return place
    }
    let (old, new) = (try plan.view.words(of: builds.live, store), try plan.view.words(of: place.build, store))
    let differing = Self.differences(old, new)
    let first = differing.prefix(5).joined(separator: ", ")
    place.verdict = differing.isEmpty ? "both hold the same" : "they differed: \(first)"
    let unexplained = unexplained(differing)
    if !unexplained.isEmpty {
      let places = unexplained.prefix(5).joined(separator: ", ")
      let what = "\(plan.name) was rebuilt, and until then it was wrong about \(places)"
      world.value.audit.add(AuditProblem(invariant: .viewsAgree, what: what))
    }
    return place
  }

  /// What nobody did on purpose: the view goes without what was put aside as a dead letter until somebody sends it again,
  /// and whoever builds its keeper wrong for a while wants to see this.
  private func unexplained(_ differing: [String]) -> [String] {
    guard world.value.faults.trials(of: .viewWithoutVersions).armed == 0 else { return [] }
    let judgement = FinalJudgement(world: world.value)
    let letters = Set(plan.sources.flatMap { judgement.deadLetters(of: $0.topic, by: plan.keeper) })
    return differing.filter { place in !letters.contains { place.hasSuffix(" \($0)") } }
  }

  /// Where the two differed the rebuilt one is right: it was made of the rows themselves.
  private func cutOver(_ place: RebuildPlace, _ now: Int64) throws -> BatchJob.Step {
    let count = try plan.view.count(of: place.build, store)
    try plan.view.cutOver(to: place.build, store, now: now)
    return .finished(
      result: "view \(place.build.generation) serves: \(count) documents, \(place.verdict ?? "")", done: place.done)
  }

  /// The documents that are not the same.
  private static func differences(
    _ old: [(id: String, words: String)], _ new: [(id: String, words: String)]
  ) -> [String] {
    let (left, right) = (
      Dictionary(uniqueKeysWithValues: old.map { ($0.id, $0.words) }),
      Dictionary(uniqueKeysWithValues: new.map { ($0.id, $0.words) })
    )
    return Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
  }
}

/// Where a run is.
private struct RebuildPlace {
  var build: DocumentView.Build
  /// Which table is read; past the last one when all are.
  var table = 0
  /// The last row of it that was read.
  var key: ColumnValue?
  var done: Int64 = 0
  var total: Int64
  /// The newest position of each source's log when its last chunk was read.
  var positions: [Int64]
  /// The ends of the partitions of each source's topic, once all up to there was mined; empty before.
  var ends: [Int64] = []
  /// What the comparison with the view that serves came to; nil before.
  var verdict: String?

  init(build: DocumentView.Build, total: Int64, sources: Int) {
    self.build = build
    self.total = total
    positions = Array(repeating: 0, count: sources)
  }

  init?(_ state: [UInt8]) {
    guard let fields = Payload(json: state), let view = fields.number("view"), let side = fields.number("side") else {
      return nil
    }
    build = DocumentView.Build(generation: view, side: side)
    table = Int(fields.number("table") ?? 0)
    key = fields.number("key").map(ColumnValue.integer) ?? fields.text("key").map(ColumnValue.text)
    done = fields.number("done") ?? 0
    total = fields.number("total") ?? 0
    positions = fields.positions ?? []
    verdict = fields.text("verdict")
    if case .texts(let texts) = fields["ends"] { ends = texts.compactMap { Int64($0) } }
  }

  var state: [UInt8] {
    var fields = Payload()
    fields["view"] = .number(build.generation)
    fields["side"] = .number(build.side)
    fields["table"] = .number(Int64(table))
    fields["key"] = key?.integer.map(Payload.Value.number) ?? key?.text.map(Payload.Value.text)
    fields["done"] = .number(done)
    fields["total"] = .number(total)
    fields.positions = positions
    fields["verdict"] = verdict.map(Payload.Value.text)
    if !ends.isEmpty { fields["ends"] = .texts(ends.map { "\($0)" }) }
    return fields.json
  }

  var step: BatchJob.Step { .more(state: state, done: done, total: max(done, total)) }
}
