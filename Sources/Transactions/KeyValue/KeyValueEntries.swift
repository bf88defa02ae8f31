/// The entries of a key-value store: by key, by when they were used last, and by when they expire.
///
/// They lie in an array of places that are used again. The order of use is a list that is linked through them, the order
/// of expiry a heap of places, in which each entry knows where it stands.
struct KeyValueEntries: Sendable {
  struct Entry: Sendable {
    let key: String
    /// The number of the key's space.
    let space: Int
    var value: [UInt8]
    fileprivate(set) var deadline: Int64?
    /// Between equal deadlines the one that was set first comes first.
    fileprivate var order: Int64 = 0
    fileprivate var heapIndex: Int?
    /// The neighbours in the order of use.
    fileprivate var older: Int?
    fileprivate var newer: Int?

    var size: Int { KeyValueEntries.size(key, value) }
  }

  private var slots: [Entry?] = []
  private var free: [Int] = []
  /// For looking up only.
  private var places: [String: Int] = [:]
  private var oldest: Int?
  private var newest: Int?
  private var heap: [Int] = []
  private var lastOrder: Int64 = 0
  private(set) var bytes = 0
  /// Bytes of entries with a deadline.
  private(set) var expiringBytes = 0

  static func size(_ key: String, _ value: [UInt8]) -> Int {
    key.utf8.count + value.count + KeyValueSettings.bytesPerEntry
  }

  var count: Int { places.count }

  /// In the order of their places.
  var all: some Sequence<Entry> { slots.lazy.compactMap { $0 } }

  func place(of key: String) -> Int? { places[key] }

  /// The entry at a place that is in use.
  subscript(place: Int) -> Entry {
    guard let entry = slots[place] else { preconditionFailure("place \(place) of the key-value store is free") }
    return entry
  }

  // MARK: Changing

  mutating func insert(_ key: String, in space: Int, _ value: [UInt8], deadline: Int64?) {
    let place = free.popLast() ?? slots.count
    if place == slots.count { slots.append(nil) }
    let entry = Entry(key: key, space: space, value: value)
    slots[place] = entry
    places[key] = place
    bytes += entry.size
    link(place)
    setDeadline(deadline, of: place)
  }

  mutating func replace(_ place: Int, _ value: [UInt8], deadline: Int64?) {
    setDeadline(nil, of: place)
    bytes -= self[place].size
    slots[place]?.value = value
    bytes += self[place].size
    setDeadline(deadline, of: place)
    touch(place)
  }

  mutating func remove(_ place: Int) {
    setDeadline(nil, of: place)
    unlink(place)
    let entry = self[place]
    bytes -= entry.size
    places[entry.key] = nil
    slots[place] = nil
    free.append(place)
  }

  mutating func setDeadline(_ deadline: Int64?, of place: Int) {
    if let index = self[place].heapIndex {
      expiringBytes -= self[place].size
      removeFromHeap(index)
    }
    slots[place]?.deadline = deadline
    guard deadline != nil else { return }
    expiringBytes += self[place].size
    lastOrder += 1
    slots[place]?.order = lastOrder
    heap.append(place)
    slots[place]?.heapIndex = heap.count - 1
    siftUp(heap.count - 1)
  }

  // MARK: The order of use

  /// The entry is the one that was used last.
  mutating func touch(_ place: Int) {
    guard newest != place else { return }
    unlink(place)
    link(place)
  }

  /// The entry that was used longest ago.
  func leastRecentlyUsed(except kept: Int?) -> Int? {
    guard let oldest, oldest == kept else { return oldest }
    return self[oldest].newer
  }

  private mutating func link(_ place: Int) {
    slots[place]?.older = newest
    slots[place]?.newer = nil
    if let newest { slots[newest]?.newer = place }
    newest = place
    if oldest == nil { oldest = place }
  }

  private mutating func unlink(_ place: Int) {
    let (older, newer) = (self[place].older, self[place].newer)
    if let older { slots[older]?.newer = newer } else { oldest = newer }
    if let newer { slots[newer]?.older = older } else { newest = older }
  }

  // MARK: The order of expiry

  /// The entry that expires first.
  var soonest: Int? { heap.first }

  /// The entry that expires first.
  func soonestToExpire(except kept: Int?) -> Int? {
    guard let first = heap.first, first == kept else { return heap.first }
    // Where the first is left out, one of its two children is next.
    return heap.dropFirst().prefix(2).min { isBefore($0, $1) }
  }

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    (slots[left]?.deadline ?? .max, slots[left]?.order ?? 0) < (
      slots[right]?.deadline ?? .max, slots[right]?.order ?? 0
    )
  }

  private mutating func removeFromHeap(_ index: Int) {
    slots[heap[index]]?.heapIndex = nil
    let last = heap.removeLast()
    guard index < heap.count else { return }
    heap[index] = last
    slots[last]?.heapIndex = index
    siftUp(index)
    siftDown(index)
  }

  private mutating func siftUp(_ index: Int) {
    var index = index
    while index > 0 {
      let parent = (index - 1) / 2
      guard isBefore(heap[index], heap[parent]) else { return }
      swap(index, parent)
      index = parent
    }
  }

  private mutating func siftDown(_ index: Int) {
    var index = index
    while 2 * index + 1 < heap.count {
      var least = 2 * index + 1
      if least + 1 < heap.count, isBefore(heap[least + 1], heap[least]) { least += 1 }
      guard isBefore(heap[least], heap[index]) else { return }
      swap(index, least)
      index = least
    }
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    heap.swapAt(left, right)
    slots[heap[left]]?.heapIndex = left
    slots[heap[right]]?.heapIndex = right
  }
}
