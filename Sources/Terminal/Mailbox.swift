internal import CTerminalGuard
internal import Concurrency

/// Ends the screen's wait for events, from any thread.
public struct Waker: Sendable {
  init() {}

  public func wake() {
    tg_wake()
  }
}

/// Carries messages to the thread that has the screen. Posting never blocks and never grows without end: past
/// `capacity`, messages are counted and dropped.
public final class Mailbox<Message: Sendable>: Sendable {
  private struct State {
    var messages: [Message] = []
    var dropped = 0
  }

  private let state = Locked(State())
  private let capacity: Int
  private let wake: @Sendable () -> Void

  public convenience init(capacity: Int, waker: Waker) {
    self.init(capacity: capacity) { waker.wake() }
  }

  /// - Parameter wake: called when the first message comes into an empty box.
  public init(capacity: Int, wake: @escaping @Sendable () -> Void) {
    self.capacity = capacity
    self.wake = wake
  }

  /// From any thread. One system call a batch, not one a message.
  public func post(_ message: Message) {
    let isFirst = state.withLock { state in
      guard state.messages.count < capacity else {
        state.dropped += 1
        return false
      }
      state.messages.append(message)
      return state.messages.count == 1
    }
    if isFirst { wake() }
  }

  /// Takes everything posted so far, in order, and how many were dropped since the last time.
  public func drain() -> (messages: [Message], dropped: Int) {
    state.withLock { state in
      defer { state = State() }
      return (state.messages, state.dropped)
    }
  }
}
