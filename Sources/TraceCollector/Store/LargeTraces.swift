/// What is known of the span ids of traces too large to look through for each span that comes in.
///
/// Kept for the few that spans come in for; the least lately used are let go, and made again from their spans.
struct LargeTraces: ~Copyable, Sendable {
  /// A trace with so many spans is looked up here.
  static let threshold = 64

  private struct Entry: Sendable {
    let slot: Int32
    var used: UInt64
    var index: SpanIndex
  }

  private var entries: [Entry] = []
  private var uses: UInt64 = 0
  /// Indexes that were made from spans since the store was.
  private(set) var made = 0
  private let limit: Int

  /// Holds so many `bytes`, but for the one that is used last.
  init(bytes: Int) {
    limit = bytes
  }

  var bytes: Int { entries.reduce(0) { $0 + $1.index.bytes } }

  func contains(_ slot: Int32) -> Bool { entries.contains { $0.slot == slot } }

  mutating func insert(_ slot: Int32, _ index: SpanIndex) {
    made += 1
    entries.append(Entry(slot: slot, used: uses, index: index))
    trim()
  }

  /// Changes the index of a trace that is here.
  mutating func update<Result>(_ slot: Int32, _ body: (inout SpanIndex) -> Result) -> Result {
    guard let place = entries.firstIndex(where: { $0.slot == slot }) else {
      preconditionFailure("A large trace was asked for that nobody looked up.")
    }
    uses += 1
    entries[place].used = uses
    return body(&entries[place].index)
  }

  mutating func remove(_ slot: Int32) {
    entries.removeAll { $0.slot == slot }
  }

  /// The one that came last stays, whatever its size.
  private mutating func trim() {
    while entries.count > 1, bytes > limit {
      guard let oldest = entries.dropLast().indices.min(by: { entries[$0].used < entries[$1].used }) else { return }
      entries.remove(at: oldest)
    }
  }
}
