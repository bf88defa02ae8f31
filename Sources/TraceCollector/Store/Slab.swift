/// A growing run of plain values.
///
/// What it has room for is its own choice, so that two equal runs of a program are charged the same and forget the same.
struct Slab<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private(set) var room: Int

  init(room: Int = 0) {
    self.room = room
    start = UnsafeMutablePointer.allocate(capacity: room)
  }

  init(repeating element: Element, count: Int) {
    self.init(room: count)
    start.initialize(repeating: element, count: count)
    self.count = count
  }

  deinit { start.deallocate() }

  /// Bytes that were asked for.
  var bytes: Int { room * MemoryLayout<Element>.stride }

  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count, "A place was asked for that a slab does not have.")
      return start[index]
    }
    _modify {
      assert(index >= 0 && index < count, "A place was asked for that a slab does not have.")
      yield &start[index]
    }
  }

  mutating func append(_ element: Element) {
    if count == room { move(to: max(8, room * 2)) }
    (start + count).initialize(to: element)
    count += 1
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    let wanted = count + elements.count
    if wanted > room { move(to: max(wanted, room * 2)) }
    (start + count).initialize(from: source, count: elements.count)
    count = wanted
  }

  /// Grows to `count` elements, the new ones `element`.
  mutating func grow(to wanted: Int, with element: Element) {
    guard wanted > count else { return }
    if wanted > room { move(to: max(wanted, room * 2)) }
    (start + count).initialize(repeating: element, count: wanted - count)
    count = wanted
  }

  /// Forgets all and keeps the room.
  mutating func removeAll() { count = 0 }

  /// Gives back what is not used.
  mutating func fit() { if room > count { move(to: count) } }

  private mutating func move(to room: Int) {
    let moved = UnsafeMutablePointer<Element>.allocate(capacity: room)
    moved.moveInitialize(from: start, count: count)
    start.deallocate()
    start = moved
    self.room = room
  }
}
