/// A pool whose queue is full, too.
public struct PoolExhausted: Error {
  public let name: String
}

/// A bounded resource, such as threads or connections: `size` at once, `queueLimit` waiting in order, the rest refused.
public final class ResourcePool: @unchecked Sendable {
  public let name: String
  /// It can shrink while it is in use: then nothing that is given back is given out again until enough is back.
  public private(set) var size: Int
  public let queueLimit: Int
  public private(set) var used = 0
  public private(set) var refused: UInt64 = 0
  public private(set) var timedOut: UInt64 = 0
  private let time: VirtualTime
  private var queue: [Reply<Void>] = []

  public init(_ name: String, size: Int, queueLimit: Int, on time: VirtualTime) {
    precondition(size > 0, "a pool holds one at least")
    self.name = name
    self.size = size
    self.queueLimit = queueLimit
    self.time = time
  }

  public var waiting: Int { queue.count }

  /// Makes it smaller or larger, also 0: who waits, waits on, or has its turn.
  public func resize(to size: Int) {
    precondition(size >= 0, "a pool cannot hold less than nothing")
    self.size = size
    while used < size, !queue.isEmpty {
      if queue.removeFirst().resolve(.success(())) { used += 1 }
    }
  }

  /// Runs `body` with one of the resource, after waiting for it at most `limit` nanoseconds.
  /// - Throws: ``PoolExhausted``, ``TimedOut``, `CancellationError`, and what `body` throws.
  public func use<Value: Sendable>(
    waitingAtMost limit: Int64, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    if used < size { used += 1 } else { try await queueUp(within: limit) }
    defer { release() }
    return try await body()
  }

  private func queueUp(within limit: Int64) async throws {
    guard queue.count < queueLimit else {
      refused += 1
      throw PoolExhausted(name: name)
    }
    let turn = Reply<Void>()
    queue.append(turn)
    do {
      try await turn.value(within: limit, on: time)
    } catch {
      queue.removeAll { $0 === turn }
      if error is TimedOut { timedOut += 1 }
      throw error
    }
  }

  private func release() {
    while used <= size, !queue.isEmpty {
      // Handed on: never free in between, so that nobody overtakes the queue.
      if queue.removeFirst().resolve(.success(())) { return }
    }
    used -= 1
  }
}
