/// The columns between two layers: who passes, and on which track each goes up or down.
///
/// A line that comes in from the left must end on its track before one that leaves to the right on the same line begins
/// (the vertical constraints of channel routing, turned by a quarter). Where that goes round in a circle an arrow enters
/// its thing one line lower or higher, or changes from one track to another on the way (a dogleg, after Deutsch, 1976).
struct MapChannel: Sendable {
  /// Where a line leaves the channel to the right.
  struct Entry: Sendable {
    /// Nil for a line that goes on.
    var thing: Int?
    var line: Int
    /// Lines by which it may enter instead, relative to the usual one.
    var others: [Int]
  }

  struct Member: Sendable {
    var net: MapNet
    /// Where it comes in from the left; nil when it comes by a lane.
    var left: Int?
    var entries: [Entry] = []
    /// Where it goes back, or comes from.
    var lane: Int?
    var track: Int?
    /// Where it changes to the track of the second part; nil for most.
    var bend: Int?
    /// Whether it is what comes after a bend.
    var isSecondPart = false

    init(net: MapNet, left: Int? = nil, entries: [Entry] = [], lane: Int? = nil) {
      (self.net, self.left, self.entries, self.lane) = (net, left, entries, lane)
    }

    /// From the first line to the last; nil when it goes straight through.
    var extent: ClosedRange<Int>? {
      let lines = [left, lane].compactMap(\.self) + entries.map(\.line)
      guard let first = lines.min(), let last = lines.max(), first < last else { return nil }
      return first...last
    }
  }

  var members: [Member] = []
  private(set) var trackCount = 0

  /// A group of arrows goes back by a lane.
  mutating func leave(_ net: MapNet, from line: Int, by lane: Int) {
    if let place = members.firstIndex(where: { $0.net == net }) {
      members[place].lane = lane
    } else {
      members.append(Member(net: net, left: line, lane: lane))
    }
  }

  /// The first part of a group's way, and the second where it has one.
  func parts(of net: MapNet) -> (first: Member?, second: Member?) {
    (members.first { $0.net == net && !$0.isSecondPart }, members.first { $0.net == net && $0.isSecondPart })
  }

  /// The line by which a group enters a thing.
  func line(of net: MapNet, to thing: Int) -> Int? {
    members.lazy.filter { $0.net == net }.flatMap(\.entries).first { $0.thing == thing }?.line
  }

  /// - Parameter lines: those of the things, where nothing goes back.
  mutating func assignTracks(_ lines: Range<Int>) {
    var order = sorted()
    // Each of these changes an entry or a member for good, so this ends.
    while order.count < tracked.count, moveEntry(outside: order) || bend(outside: order, lines) { order = sorted() }
    // What still goes round in a circle is drawn over.
    order += tracked.filter { !order.contains($0) }
    for place in order { members[place].track = lowestTrack(for: place) }
    trackCount = (members.compactMap(\.track).max() ?? -1) + 1
  }

  private var tracked: [Int] { members.indices.filter { members[$0].extent != nil } }

  /// Whether `one` has to have its track left of `other`'s.
  private func mustPrecede(_ one: Int, _ other: Int) -> Bool {
    guard members[one].net != members[other].net, let left = members[one].left,
      members[other].entries.contains(where: { $0.line == left })
    else { return false }
    // They share the end, or the beginning.
    return !members[one].entries.contains { $0.line == left } && members[other].left != left
  }

  /// Those that can be put in order: who must be left of others first, then the ones whose lines cross least.
  private func sorted() -> [Int] {
    var (waiting, order) = (tracked, [Int]())
    while true {
      let ready = waiting.filter { place in !waiting.contains { mustPrecede($0, place) } }
      guard let next = ready.min(by: { rank($0) < rank($1) }) else { return order }
      order.append(next)
      waiting.removeAll { $0 == next }
    }
  }

  /// Of those that go down the lowest comes first, of those that go up the highest.
  private func rank(_ place: Int) -> Int {
    let member = members[place]
    guard let left = member.left, let extent = member.extent else { return .max }
    let goesDown = extent.upperBound - left >= left - extent.lowerBound
    return goesDown ? -left : left
  }

  /// The first track right of all that must be left of it, on which nothing is in its way.
  private func lowestTrack(for place: Int) -> Int {
    guard let extent = members[place].extent else { return 0 }
    var track = 0
    for other in members.indices where mustPrecede(other, place) {
      if let taken = members[other].track { track = max(track, taken + 1) }
    }
    while members.contains(where: { $0.track == track && $0.extent?.overlaps(extent) == true }) { track += 1 }
    return track
  }

  private mutating func moveEntry(outside order: [Int]) -> Bool {
    let stuck = tracked.filter { !order.contains($0) }
    let taken = Set(members.compactMap(\.left))
    for place in stuck {
      for index in members[place].entries.indices {
        let entry = members[place].entries[index]
        guard stuck.contains(where: { members[$0].left == entry.line && mustPrecede($0, place) }) else { continue }
        guard let shift = entry.others.first(where: { !taken.contains(entry.line + $0) }) else { continue }
        members[place].entries[index].line += shift
        members[place].entries[index].others = []
        return true
      }
    }
    return false
  }

  /// Cuts one of those that go round in a circle in two, with a line of its own between its parts.
  private mutating func bend(outside order: [Int], _ lines: Range<Int>) -> Bool {
    let stuck = tracked.filter { !order.contains($0) }
    for place in stuck {
      let member = members[place]
      guard let left = member.left, member.bend == nil, !member.isSecondPart,
        stuck.contains(where: { mustPrecede($0, place) }), stuck.contains(where: { mustPrecede(place, $0) })
      else { continue }
      let taken = Set(members.flatMap { [$0.left].compactMap(\.self) + $0.entries.map(\.line) })
      let middle = (left + (member.entries.first?.line ?? left)) / 2
      let free = lines.filter { !taken.contains($0) }.min { abs($0 - middle) < abs($1 - middle) }
      guard let free else { continue }
      var second = Member(net: member.net, left: free, entries: member.entries)
      second.isSecondPart = true
      members[place].entries = [Entry(thing: nil, line: free, others: [])]
      members[place].bend = free
      members.append(second)
      return true
    }
    return false
  }
}
