internal import EventBus
internal import OrderedCollections
internal import Transactions

/// Views as they would be if they were made now, from nothing, of what happened.
extension FinalJudgement {
  // MARK: From events

  /// Each view that is kept over the bus says what its events alone make of nothing.
  func rebuilt() throws -> [String] {
    try ShopPlan.views.flatMap { plan in
      let fold = try ViewFold(plan, world)
      let exempt = Set(plan.sources.flatMap { deadLetters(of: $0.topic, by: plan.keeper) })
      let store = world.documents(of: plan.keeper)
      let live = try plan.view.documents(in: plan.view.live(store), store)
      let served = OrderedDictionary(uniqueKeysWithValues: live.map { ($0.place, $0.said) })
      let places = OrderedSet(live.map(\.place)).union(fold.documents.keys)
      let problems = places.compactMap { place -> String? in
        let (here, there) = (served[place], fold.documents[place])
        // Of what the log of the bus has forgotten it tells nothing.
        guard !exempt.contains(place.id), isKept(here), isKept(there), fold.knows(place) else { return nil }
        let (left, right) = (here?.withoutPositions.text ?? "nothing", there?.withoutPositions.text ?? "nothing")
        return left == right ? nil : "\(plan.name) says of \(place.kind) \(place.id) \(left), but its events \(right)"
      }
      return Array(problems.prefix(20))
    }
  }

  private func isKept(_ document: Payload?) -> Bool { (document?.number("finished") ?? .max) >= oldestKept }

  // MARK: From what happened

  /// The score of each product is what its reviews come to, those included that are forgotten.
  func scores() throws -> [String] {
    try ([ShopPlan.review] + (world.hasLegacy ? [ShopPlan.legacy] : [])).flatMap { name in
      let (said, kept) = try disk(name).read { (try ReviewTables.scores($0), try ReviewTables.sums($0)) }
      let happened = kept.merging(world.forgottenScores[name] ?? [:], uniquingKeysWith: +)
      return Set(said.keys).union(happened.keys).sorted().compactMap { sku -> String? in
        guard said[sku] != happened[sku] else { return nil }
        let (left, right) = (said[sku]?.words ?? "nothing", happened[sku]?.words ?? "nothing")
        return "\(name) has for \(sku) a score of \(left), but there were \(right)"
      }
    }
  }

  /// Recommendation has learnt of those orders that went through and were not given back, and its pairs are what their
  /// customers bought one after the other.
  func recommendations() throws -> [String] {
    let (learnt, pairs, hasForgotten) = try disk(ShopPlan.recommendation).read { database in
      (
        try RecommendationTables.purchases(database), try RecommendationTables.pairs(database),
        try RecommendationTables.hasForgotten(database)
      )
    }
    let letters = deadLetters(of: TopicName.orderChanges, by: ShopPlan.recommendation)
    let orders = try disk(ShopPlan.order).read { try OrderTables.all($0) }
    let rows = Dictionary(uniqueKeysWithValues: orders.map { ($0.id, $0) })
    let known = Set(learnt.map(\.purchase.order))
    var problems = orders.filter {
      $0.isGood && ($0.finished ?? .max) >= oldestKept && !known.contains($0.id) && !letters.contains("\($0.id)")
    }.map { "order \($0.id) went through, and \(ShopPlan.recommendation) has not learnt of it" }
    problems += learnt.filter { purchase, _ in
      // Order may have forgotten an old one.
      let isGone = rows[purchase.order].map { !$0.isGood } ?? (purchase.order > orders.last?.id ?? 0)
      return isGone && !letters.contains("\(purchase.order)")
    }.map { purchase, _ in
      "\(ShopPlan.recommendation) counts order \(purchase.order), which is \(rows[purchase.order]?.state ?? "not known")"
    }
    // Of what is forgotten the pairs remain, and nobody can count them again.
    guard !hasForgotten else { return Array(problems.prefix(20)) }
    let counted = RecommendationTables.pairs(of: learnt.map(\.purchase))
    problems += Set(pairs.keys).union(counted.keys).filter { pairs[$0] != counted[$0] }.map { pair in
      let (here, there) = (counted[pair] ?? 0, pairs[pair] ?? 0)
      return "\(pair.sku) and then \(pair.next) was bought \(here) times, but is counted \(there) times"
    }.sorted()
    return Array(problems.prefix(20))
  }
}

/// A view as its records make it, one after the other: beside the documents with which it began no row and no store is
/// asked, and what keeps the view has no part in it.
struct ViewFold {
  struct Place: Hashable {
    var kind: String
    var id: String
  }

  private(set) var documents: OrderedDictionary<Place, Payload> = [:]
  /// Documents that a record of them all says as a whole.
  private var isToldWhole: Set<Place> = []
  /// Whether the bus still has every record that there was.
  private var isComplete = true

  init(_ plan: ViewPlan, _ world: World) throws {
    guard let tables = ShopPlan.services.first(where: { $0.name == plan.keeper })?.store?.tables else {
      preconditionFailure("\(plan.keeper) keeps a view")
    }
    let beginning = try DocumentStore(name: plan.keeper, collections: tables.collections, beside: tables.schema)
    try tables.fill(beginning, now: world.settings.epoch)
    for document in try plan.view.documents(in: plan.view.live(beginning), beginning) {
      documents[document.place] = document.said
    }
    for source in plan.sources {
      let topic = try world.broker.topic(source.topic)
      for partition in 0..<ShopPlan.partitions {
        if try topic.bounds(partition: partition).lowerBound > 0 { isComplete = false }
        for record in try topic.retained(partition: partition) {
          // What nobody can read says nothing.
          guard let said = Payload(json: record.value), let change = plan.change(source.topic, said) else { continue }
          apply(change)
        }
      }
    }
  }

  private mutating func apply(_ change: ViewChange) {
    guard let position = change.body.number(change.field) else { return }
    let place = Place(kind: change.kind, id: change.id)
    if change.isWhole { isToldWhole.insert(place) }
    guard position > documents[place]?.number(change.field) ?? .min else { return }
    guard !change.isWhole else { return documents[place] = change.body }
    for field in change.body.fields { documents[place, default: Payload()][field.name] = field.value }
  }

  var count: Int { documents.count }

  subscript(kind: String, id: String) -> Payload? { documents[Place(kind: kind, id: id)] }

  /// Whether the records that are left say all that the document is.
  func knows(_ place: Place) -> Bool { isComplete || isToldWhole.contains(place) }
}

extension DocumentView {
  /// All documents of a build, in the order of kinds and ids.
  func documents(in build: Build, _ store: DocumentStore) throws -> [(place: ViewFold.Place, said: Payload)] {
    try kinds.flatMap { kind in
      try store.find(in: build.collection(kind.name)).map {
        (ViewFold.Place(kind: kind.name, id: $0.id), $0.payload)
      }
    }
  }
}
