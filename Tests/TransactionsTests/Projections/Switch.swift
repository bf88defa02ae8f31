import Concurrency

/// A fault that a test switches on and off.
final class Switch: Sendable {
  private let state = Locked(false)

  var isOn: Bool {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
