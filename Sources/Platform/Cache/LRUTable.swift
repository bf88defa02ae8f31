/// A bounded table that forgets what was not used for longest. Look-up, insertion and removal in constant time.
struct LRUTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Node {
    var key: Key
    var value: Value
    var newer: Int
    var older: Int
  }

  private static var none: Int { -1 }

  let capacity: Int
  private var places: [Key: Int] = [:]
  private var nodes: [Node] = []
  private var free: [Int] = []
  private var newest = -1
  private var oldest = -1
  /// Entries that had to go for others.
  private(set) var evictions = 0

  init(capacity: Int) {
    precondition(capacity > 0, "a table holds one entry at least")
    self.capacity = capacity
  }

  var count: Int { places.count }

  /// Newest first.
  var entries: [(key: Key, value: Value)] {
    var entries: [(key: Key, value: Value)] = []
    var place = newest
    while place != Self.none {
      entries.append((nodes[place].key, nodes[place].value))
      place = nodes[place].older
    }
    return entries
  }

  /// The value, which counts as a use; setting nil removes it.
  subscript(key: Key) -> Value? {
    mutating get {
      guard let place = places[key] else { return nil }
      unlink(place)
      linkAsNewest(place)
      return nodes[place].value
    }
    set {
      switch (places[key], newValue) {
      case (nil, nil): return
      case (let place?, nil): remove(place)
      case (let place?, let value?):
        nodes[place].value = value
        unlink(place)
        linkAsNewest(place)
      case (nil, let value?): insert(key, value)
      }
    }
  }

  /// The value, without counting as a use.
  func peek(_ key: Key) -> Value? { places[key].map { nodes[$0].value } }

  /// Removes those that were not used for longest, up to the first that is not over.
  mutating func removeOldest(while isOver: (Value) -> Bool) {
    while oldest != Self.none, isOver(nodes[oldest].value) { remove(oldest) }
  }

  mutating func removeAll() {
    places.removeAll(keepingCapacity: true)
    nodes.removeAll(keepingCapacity: true)
    free.removeAll(keepingCapacity: true)
    newest = Self.none
    oldest = Self.none
  }

  private mutating func insert(_ key: Key, _ value: Value) {
    if places.count == capacity {
      remove(oldest)
      evictions += 1
    }
    let node = Node(key: key, value: value, newer: Self.none, older: Self.none)
    let place: Int
    if let reused = free.popLast() {
      place = reused
      nodes[place] = node
    } else {
      place = nodes.count
      nodes.append(node)
    }
    places[key] = place
    linkAsNewest(place)
  }

  private mutating func remove(_ place: Int) {
    unlink(place)
    places[nodes[place].key] = nil
    free.append(place)
  }

  private mutating func unlink(_ place: Int) {
    let (newer, older) = (nodes[place].newer, nodes[place].older)
    if newer == Self.none { newest = older } else { nodes[newer].older = older }
    if older == Self.none { oldest = newer } else { nodes[older].newer = newer }
  }

  private mutating func linkAsNewest(_ place: Int) {
    nodes[place].newer = Self.none
    nodes[place].older = newest
    if newest != Self.none { nodes[newest].newer = place }
    newest = place
    if oldest == Self.none { oldest = place }
  }
}
