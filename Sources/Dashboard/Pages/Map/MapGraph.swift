import Operations

/// One arrow of the map; its ends are places in ``MapGraph/things``.
struct MapEdge: Sendable {
  var from: Int
  var to: Int
  var flow: MapFlow
  /// A second; nil where nobody counts it.
  var rate: Double?
  var errorShare = 0.0
  /// The worst among its breakers; nil when it has none.
  var breaker: BreakerState?
  var breakers: [String] = []
  var verdict: LagVerdict?
  /// Ids of faults that are on here.
  var faults: [Int] = []
}

/// Services, topics, and what flows between them.
struct MapGraph: Sendable {
  private(set) var shape = MapShape()
  /// In the order of ``MapShape/arrows``.
  private(set) var edges: [MapEdge] = []
  /// The services that a team's node stands for.
  private(set) var members: [String: [String]] = [:]
  /// The calls to each database, by its name.
  private(set) var databases: [String: [CallSnapshot]] = [:]
  private var places: [MapThing: Int] = [:]
  private var edgePlaces: [MapShape.Arrow: Int] = [:]

  var things: [MapThing] { shape.things }

  func place(of thing: MapThing) -> Int? { places[thing] }

  /// - Parameter folded: the teams whose services are shown as one.
  init(_ snapshot: SystemSnapshot, folded: Set<String> = []) {
    var teams: [String: String] = [:]
    for service in snapshot.services where folded.contains(service.team) && !service.team.isEmpty {
      teams[service.name] = service.team
      members[service.team, default: []].append(service.name)
    }
    func thing(_ service: String) -> MapThing { teams[service].map { .team($0) } ?? .service(service) }
    // In the order of their names: in which order a system lists them must not matter.
    let services = snapshot.services.sorted { $0.name < $1.name }
    for service in services { add(thing(service.name)) }
    for service in services { addArrows(of: service, thing) }
    addWhatOthersTell(snapshot, thing)
    let faults = snapshot.faults.armed.filter(\.isOn)
    for index in edges.indices {
      edges[index].faults = faults.filter {
        $0.spec.target.isEdge(from: things[edges[index].from].name, to: things[edges[index].to].name)
      }
      .map(\.id)
    }
  }

  private mutating func addArrows(of service: ServiceSnapshot, _ thing: (String) -> MapThing) {
    let own = thing(service.name)
    for call in service.calls {
      // A database reports nothing, and is no service.
      if call.isDatabase { databases[call.callee, default: []].append(call) }
      let callee = call.isDatabase ? .database(call.callee) : thing(call.callee)
      add(own, callee, call.isMessage ? .message : .call) { edge in
        edge.errorShare = Self.errors(of: edge, with: call)
        edge.rate = (edge.rate ?? 0) + call.rate
        edge.breakers += call.breakers
        edge.breaker = Self.worse(edge.breaker, call.breakerState)
      }
    }
    for publication in service.publishes {
      add(own, .topic(publication.topic), .publication) { $0.rate = ($0.rate ?? 0) + publication.rate }
    }
    for consumption in service.consumes {
      add(.topic(consumption.topic), own, .consumption) { edge in
        edge.verdict = [edge.verdict, consumption.verdict].compactMap(\.self).max()
      }
    }
  }

  /// Calls that are known from a breaker alone, and readers that are known from a group alone.
  private mutating func addWhatOthersTell(_ snapshot: SystemSnapshot, _ thing: (String) -> MapThing) {
    let known = Set(snapshot.services.map(\.name))
    for breaker in snapshot.breakers.sorted(by: { $0.id < $1.id }) where known.contains(breaker.caller) {
      add(thing(breaker.caller), thing(breaker.callee), .call) { edge in
        guard !edge.breakers.contains(breaker.id) else { return }
        edge.breakers.append(breaker.id)
        edge.breaker = Self.worse(edge.breaker, breaker.state)
      }
    }
    for topic in snapshot.topics.sorted(by: { $0.name < $1.name }) {
      for group in topic.groups where known.contains(group.name) {
        add(.topic(topic.name), thing(group.name), .consumption) { $0.verdict = $0.verdict ?? group.verdict }
      }
      // A topic is emptied by each of its groups.
      for index in edges.indices where things[edges[index].from] == .topic(topic.name) {
        edges[index].rate = topic.outRate
      }
    }
  }

  @discardableResult
  private mutating func add(_ thing: MapThing) -> Int {
    if let place = places[thing] { return place }
    places[thing] = shape.things.count
    shape.things.append(thing)
    return shape.things.count - 1
  }

  private mutating func add(_ from: MapThing, _ to: MapThing, _ flow: MapFlow, _ change: (inout MapEdge) -> Void) {
    // Nothing is drawn from a thing to itself.
    guard from != to else { return }
    let arrow = MapShape.Arrow(from: add(from), to: add(to), flow: flow)
    if let place = edgePlaces[arrow] { return change(&edges[place]) }
    var edge = MapEdge(from: arrow.from, to: arrow.to, flow: flow)
    change(&edge)
    edgePlaces[arrow] = edges.count
    shape.arrows.append(arrow)
    edges.append(edge)
  }

  /// The share of both together.
  private static func errors(of edge: MapEdge, with call: CallSnapshot) -> Double {
    let (one, other) = (edge.rate ?? 0, call.rate)
    guard one + other > 0 else { return max(edge.errorShare, call.errorShare) }
    return (edge.errorShare * one + call.errorShare * other) / (one + other)
  }

  private static func worse(_ one: BreakerState?, _ other: BreakerState?) -> BreakerState? {
    guard let one, let other else { return one ?? other }
    return one.urgency <= other.urgency ? one : other
  }

  /// The same with only some of its things, and the arrows between them.
  func limited(to kept: Set<MapThing>) -> MapGraph {
    var part = self
    (part.shape, part.edges, part.places, part.edgePlaces) = (MapShape(), [], [:], [:])
    for thing in things where kept.contains(thing) { part.add(thing) }
    for edge in edges {
      let (from, to) = (things[edge.from], things[edge.to])
      guard kept.contains(from), kept.contains(to) else { continue }
      part.add(from, to, edge.flow) { new in
        let ends = (new.from, new.to)
        new = edge
        (new.from, new.to) = ends
      }
    }
    return part
  }

  /// What an arrow joins with a thing, each once.
  func neighbours(of place: Int) -> [Int] {
    var seen: Set<Int> = []
    return edges(at: place).map { edges[$0].from == place ? edges[$0].to : edges[$0].from }
      .filter { seen.insert($0).inserted }
  }

  /// The arrows that begin or end at a thing: those that come in first.
  func edges(at place: Int) -> [Int] {
    edges.indices.filter { edges[$0].to == place } + edges.indices.filter { edges[$0].from == place }
  }
}

extension FaultTarget {
  /// Whether it is the calls of one to the other.
  fileprivate func isEdge(from caller: String, to callee: String) -> Bool { self == .edge(from: caller, to: callee) }
}
