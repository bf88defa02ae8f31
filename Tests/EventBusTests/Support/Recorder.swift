import Concurrency

/// Collects what closures tell, from any thread.
final class Recorder<Element: Sendable>: Sendable {
  private let elements = Locked<[Element]>([])

  var all: [Element] { elements.withLock { $0 } }

  var count: Int { elements.withLock { $0.count } }

  func add(_ element: Element) {
    elements.withLock { $0.append(element) }
  }
}
