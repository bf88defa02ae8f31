import Connectors

extension LoopbackClient {
  /// Starts `receiver`, which listens on port 0, runs `body`, and stops it.
  static func serving(_ receiver: any Receiver, _ body: (LoopbackClient) async throws -> Void) async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let serving = Task {
      defer { port.finish() }
      try await receiver.start { port.yield($0) }
    }
    do {
      var bound = ports.makeAsyncIterator()
      guard let number = await bound.next() else {
        try await serving.value
        return
      }
      try await body(LoopbackClient(port: number))
    } catch {
      await receiver.stop()
      throw error
    }
    await receiver.stop()
    try await serving.value
  }
}
