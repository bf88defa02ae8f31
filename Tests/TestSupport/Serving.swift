/// Something that listens on a port of its own, until it is stopped.
public struct Serving: Sendable {
  /// It ended before it was bound, and did not say why.
  public struct NeverBound: Error {}

  public let port: Int
  /// Ends when nothing is served any more.
  public let task: Task<Void, any Error>

  /// Starts it, and waits until it is bound. What keeps it from that is thrown.
  public init(_ start: @escaping @Sendable (_ onBound: @escaping @Sendable (Int) -> Void) async throws -> Void)
    async throws
  {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    task = Task {
      defer { port.finish() }
      try await start { port.yield($0) }
    }
    var bound = ports.makeAsyncIterator()
    guard let number = await bound.next() else {
      try await task.value
      throw NeverBound()
    }
    self.port = number
  }
}
