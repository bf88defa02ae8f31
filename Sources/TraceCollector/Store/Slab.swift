#if canImport(Glibc)
  private import Glibc
#elseif canImport(Musl)
  private import Musl
#elseif canImport(Darwin)
  private import Darwin
#endif

/// A growing run of plain values.
///
/// What it has room for is its own choice, so that two equal runs of a program are charged the same and forget the same.
/// Its memory is C's, which grows and shrinks in place where it can: what a segment holds is moved as seldom as may be.
struct Slab<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private(set) var start: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private(set) var room: Int

  init(room: Int = 0) {
    self.room = room
    start = Self.resized(nil, to: room)
  }

  init(repeating element: Element, count: Int) {
    self.init(room: count)
    start.initialize(repeating: element, count: count)
    self.count = count
  }

  /// All bits 0. A large one costs nothing before it is used.
  init(zeros count: Int) {
    room = count
    self.count = count
    start = Self.bound(calloc(max(1, count), MemoryLayout<Element>.stride), count)
  }

  deinit { free(start) }

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
    count &+= 1
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let source = elements.baseAddress else { return }
    reserve(elements.count)
    (start + count).initialize(from: source, count: elements.count)
    count &+= elements.count
  }

  /// Makes room for so many more.
  mutating func reserve(_ more: Int) {
    let wanted = count &+ more
    if wanted > room { move(to: max(wanted, room * 2)) }
  }

  /// As ``append(_:)`` where ``reserve(_:)`` made room before.
  mutating func appendReserved(_ element: Element) {
    assert(count < room, "An element was added that no room was made for.")
    (start + count).initialize(to: element)
    count &+= 1
  }

  /// Grows to `count` elements, the new ones `element`.
  mutating func grow(to wanted: Int, with element: Element) {
    guard wanted > count else { return }
    reserve(wanted - count)
    (start + count).initialize(repeating: element, count: wanted - count)
    count = wanted
  }

  /// Forgets all and keeps the room.
  mutating func removeAll() { count = 0 }

  /// Gives back what is not used.
  mutating func fit() { if room > count { move(to: count) } }

  private mutating func move(to room: Int) {
    start = Self.resized(start, to: room)
    self.room = room
    haveAtOnce()
  }

  /// Large room is had from the system in one piece: to meet each page of it for the first time costs several times that.
  private func haveAtOnce() {
    #if os(Linux)
      let (page, least) = (UInt(4_096), UInt(65_536))
      let begin = (UInt(bitPattern: start + count) + page - 1) / page * page
      let end = UInt(bitPattern: start + room) / page * page
      guard end > begin, end - begin >= least else { return }
      // MADV_POPULATE_WRITE of Linux 5.14. An older one refuses it, and then pages come one by one.
      _ = madvise(UnsafeMutableRawPointer(bitPattern: begin), Int(end - begin), 23)
    #endif
  }

  private static func resized(_ start: UnsafeMutablePointer<Element>?, to room: Int) -> UnsafeMutablePointer<Element> {
    bound(realloc(start, max(1, room) * MemoryLayout<Element>.stride), room)
  }

  private static func bound(_ memory: UnsafeMutableRawPointer?, _ room: Int) -> UnsafeMutablePointer<Element> {
    guard let memory else { fatalError("There is no memory for \(room) elements of \(Element.self).") }
    return memory.bindMemory(to: Element.self, capacity: max(1, room))
  }
}
