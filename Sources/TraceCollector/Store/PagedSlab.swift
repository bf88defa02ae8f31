/// A growing run of plain values that stay where they are: it grows by a page, however many there are.
struct PagedSlab<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  /// Elements of one page: so few that an almost empty one is no great loss.
  private static var page: Int { 64 }

  private var pages = Slab<UnsafeMutablePointer<Element>>(room: 16)
  private(set) var count = 0

  init() {}

  deinit {
    for number in 0..<pages.count { pages[number].deallocate() }
  }

  /// Bytes that were asked for.
  var bytes: Int { pages.bytes + pages.count * Self.page * MemoryLayout<Element>.stride }

  /// Valid as long as this is.
  func pointer(to index: Int) -> UnsafeMutablePointer<Element> {
    assert(index >= 0 && index < count, "A place was asked for that a slab does not have.")
    return pages[index / Self.page] + index % Self.page
  }

  subscript(index: Int) -> Element {
    get { pointer(to: index).pointee }
    nonmutating _modify { yield &pointer(to: index).pointee }
  }

  mutating func append(_ element: Element) {
    if count == pages.count * Self.page { pages.append(.allocate(capacity: Self.page)) }
    count += 1
    pointer(to: count - 1).initialize(to: element)
  }
}
