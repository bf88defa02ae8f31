internal import OrderedCollections

/// Which held records of a join stand in its changelog, and what has changed since.
struct JoinChangelog: Sendable {
  private struct Place: Hashable {
    let side: JoinEntry.Side
    let offset: Int64
  }

  /// What the changelog says of each record; for looking up only.
  private var written: [Place: JoinEntry.Needs] = [:]
  /// Those that changed, in the order in which they first did.
  private var changed = OrderedDictionary<Place, (entry: JoinEntry, needs: JoinEntry.Needs)>()
  /// Keys in the changelog that belong to a state which was given up.
  private var stale: [[UInt8]]

  /// An empty state.
  init(stale: [[UInt8]] = []) {
    self.stale = stale
  }

  /// A state that was read from the changelog.
  init(_ entries: [(entry: JoinEntry, needs: JoinEntry.Needs)]) {
    stale = []
    for (entry, needs) in entries {
      written[Place(side: entry.side, offset: entry.input.offset)] = needs
    }
  }

  mutating func note(_ changes: WindowedJoin<JoinInput, JoinInput>.Changes) {
    for change in changes.left ?? [] { note(change, .left) }
    for change in changes.right ?? [] { note(change, .right) }
  }

  private mutating func note(_ change: JoinSide<JoinInput>.Change, _ side: JoinEntry.Side) {
    switch change {
    case .held(let held): note(held, side) { $0.insert(.partners) }
    case .waits(let held): note(held, side) { $0.insert(.result) }
    case .waitsNoMore(let held): note(held, side) { $0.remove(.result) }
    case .dropped(let held): note(held, side) { $0.remove(.partners) }
    }
  }

  private mutating func note(
    _ held: JoinSide<JoinInput>.Held, _ side: JoinEntry.Side, _ change: (inout JoinEntry.Needs) -> Void
  ) {
    let place = Place(side: side, offset: held.value.offset)
    let entry = JoinEntry(side: side, key: held.key, input: held.value)
    change(&changed[place, default: (entry, written[place] ?? [])].needs)
  }

  /// The records that bring the changelog up to date: at most one for each held record that changed. They count as
  /// written.
  mutating func takeRecords(partition: Int) -> [ProducerRecord] {
    var records: [ProducerRecord] = stale.map { .tombstone(key: $0, partition: partition) }
    stale = []
    for (place, (entry, needs)) in changed where needs != written[place] ?? [] {
      if needs.isEmpty {
        records.append(.tombstone(key: entry.stateKey, partition: partition))
        written[place] = nil
      } else {
        records.append(JoinStateRecord.entry(entry, needs).record(partition: partition))
        written[place] = needs
      }
    }
    changed.removeAll()
    return records
  }
}
