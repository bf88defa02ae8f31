internal import Concurrency
internal import Transactions

/// A materialised view in a document store.
///
/// Each kind of its documents has two collections: one serves, and in the other the view is built anew. Which of them
/// serves stands in one document, the alias, so that another build takes over in one step. Each document knows the position
/// of the newest change that is in it: that tells whether a change is news, however often and in whatever order changes come.
struct DocumentView: Sendable {
  /// What one side has.
  struct Build: Sendable, Equatable {
    /// Counted from 1.
    var generation: Int64
    /// 1 or 2.
    var side: Int64

    func collection(_ kind: String) -> String { "\(kind)_\(side)" }
  }

  /// What the alias says.
  struct Builds: Sendable, Equatable {
    var live = Build(generation: 1, side: 1)
    /// The one that is being built; nil when none is.
    var shadow: Build?
    /// Counts the builds.
    var newest: Int64 = 1

    var all: [Build] { [live] + (shadow.map { [$0] } ?? []) }
  }

  let name: String
  let kinds: [DocumentCollection]
  private static let alias = "alias"
  private let known = KnownAlias()

  init(name: String, kinds: [DocumentCollection]) {
    self.name = name
    self.kinds = kinds
  }

  var collections: [DocumentCollection] {
    [DocumentCollection(Self.alias)]
      + kinds.flatMap { kind in (1...2).map { DocumentCollection("\(kind.name)_\($0)", indexes: kind.indexes) } }
  }

  // MARK: Builds

  /// Says which build serves, before anybody comes.
  func install(_ store: DocumentStore, now: Int64) throws { try set(Builds(), store, now: now) }

  func builds(_ store: DocumentStore) throws -> Builds {
    guard let body = try store.get(name, in: Self.alias)?.body else { return Builds() }
    return known.builds(saidBy: body)
  }

  func live(_ store: DocumentStore) throws -> Build { try builds(store).live }

  private func set(_ builds: Builds, _ store: DocumentStore, now: Int64) throws {
    var said = Payload()
    said["generation"] = .number(builds.live.generation)
    said["side"] = .number(builds.live.side)
    said["shadow"] = builds.shadow.map { .number($0.generation) }
    said["newest"] = .number(builds.newest)
    try store.put(name, said.text, in: Self.alias, now: now)
  }

  /// Begins another build beside the one that serves; one that was left half done goes.
  func beginShadow(_ store: DocumentStore, now: Int64) throws -> Build {
    var builds = try builds(store)
    let shadow = Build(generation: builds.newest + 1, side: 3 - builds.live.side)
    try clear(shadow, store, now: now)
    (builds.shadow, builds.newest) = (shadow, shadow.generation)
    try set(builds, store, now: now)
    return shadow
  }

  /// The build serves from now on, and the one before it goes.
  func cutOver(to shadow: Build, _ store: DocumentStore, now: Int64) throws {
    var builds = try builds(store)
    let old = builds.live
    guard old != shadow else { return }
    (builds.live, builds.shadow) = (shadow, nil)
    try set(builds, store, now: now)
    try clear(old, store, now: now)
  }

  private func clear(_ build: Build, _ store: DocumentStore, now: Int64) throws {
    for kind in kinds { try store.deleteAll(in: build.collection(kind.name), now: now) }
  }

  // MARK: Documents

  /// Puts a change into a build, unless that knows as much already.
  /// - Parameter isBlind: true takes it in any case, which is a mistake.
  /// - Returns: whether it was news.
  @discardableResult
  func put(
    _ change: ViewChange, into build: Build, isBlind: Bool = false, _ store: DocumentStore, now: Int64,
    for origin: ChangeOrigin? = nil
  ) throws -> Bool {
    guard let position = change.body.number(change.field) else { return false }
    let isOlder = DocumentFilter.not(.compare(change.field, .atLeast, .integer(position)))
    return try store.upsert(
      change.id, change.body.text, in: build.collection(change.kind), by: change.isWhole ? .replace : .merge,
      where: isBlind ? .all : isOlder, now: now, for: origin) != nil
  }

  /// Puts a change into all builds, the one that serves last: each document changes by itself.
  /// - Returns: whether it was news to the one that serves.
  func put(
    _ change: ViewChange, isBlind: Bool, _ store: DocumentStore, now: Int64, for origin: ChangeOrigin?
  ) throws -> Bool {
    let builds = try builds(store)
    if let shadow = builds.shadow { try put(change, into: shadow, isBlind: isBlind, store, now: now, for: origin) }
    return try put(change, into: builds.live, isBlind: isBlind, store, now: now, for: origin)
  }

  /// All documents of a kind in the build that serves, by their ids.
  func all(_ kind: String, _ store: DocumentStore) throws -> [Payload] {
    try store.find(in: live(store).collection(kind)).map(\.payload)
  }

  func count(of build: Build, _ store: DocumentStore) throws -> Int64 {
    Int64(try kinds.reduce(0) { try $0 + store.count(in: build.collection($1.name)) })
  }

  /// What all documents of a build say, by kind and id. Their positions are left out: a document that was made of the row
  /// itself has another than one that was made of its last change.
  func words(of build: Build, _ store: DocumentStore) throws -> [(id: String, words: String)] {
    try kinds.flatMap { kind in
      try store.find(in: build.collection(kind.name)).map {
        ("\(kind.name) \($0.id)", $0.payload.withoutPositions.text)
      }
    }
  }
}

extension DocumentView.Builds {
  /// What the alias says in JSON; the first build where that is nothing.
  fileprivate init(_ alias: String) {
    self.init()
    guard let said = Payload(json: Array(alias.utf8)) else { return }
    live = DocumentView.Build(generation: said.number("generation") ?? 1, side: said.number("side") ?? 1)
    shadow = said.number("shadow").map { DocumentView.Build(generation: $0, side: 3 - live.side) }
    newest = said.number("newest") ?? 1
  }
}

/// The alias is read with each document, and says another thing twice in a rebuild: what it said last is not parsed again.
/// The text alone decides what comes out, so that shops may share it.
private final class KnownAlias: Sendable {
  private let last = Locked<(alias: String, builds: DocumentView.Builds)?>(nil)

  func builds(saidBy alias: String) -> DocumentView.Builds {
    last.withLock { last in
      if let last, last.alias == alias { return last.builds }
      let builds = DocumentView.Builds(alias)
      last = (alias, builds)
      return builds
    }
  }
}

/// What a change says of one document of a view.
struct ViewChange: Sendable {
  var kind: String
  var id: String
  var body: Payload
  /// The field of `body` that says the position of the change.
  var field = "position"
  /// False when it says a part of the document only.
  var isWhole = true
}

extension Payload {
  /// ``json`` as a text.
  var text: String { String(decoding: json, as: UTF8.self) }

  var withoutPositions: Payload {
    var payload = self
    for field in fields where field.name.hasSuffix("position") { payload[field.name] = nil }
    return payload
  }
}

extension Transactions.Document {
  var payload: Payload { Payload(json: Array(body.utf8)) ?? Payload() }
}
