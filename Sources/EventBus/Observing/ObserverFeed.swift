internal import Concurrency

/// Hands events to observers one at a time and in the order in which they were put in, outside every lock, so that an
/// observer may call the broker. Whoever finds a delivery under way leaves its events to that delivery.
final class ObserverFeed<Event: Sendable>: Sendable {
  private struct State {
    var observers: [(number: Int, handle: @Sendable (Event) -> Void)] = []
    var nextNumber = 0
    var pending: [Event] = []
    var isDelivering = false
  }

  private let state = Locked(State())

  var isObserved: Bool { state.withLock { !$0.observers.isEmpty } }

  func observe(_ handle: @escaping @Sendable (Event) -> Void) -> Observation {
    let number = state.withLock { state in
      state.nextNumber += 1
      state.observers.append((state.nextNumber, handle))
      return state.nextNumber
    }
    return Observation { [weak self] in
      self?.state.withLock { state in state.observers.removeAll { $0.number == number } }
    }
  }

  /// Call it with the lock held that orders the events, `deliver` after that lock is free again.
  func enqueue(_ event: Event) {
    state.withLock { $0.pending.append(event) }
  }

  func deliver() {
    let mayDeliver = state.withLock { state in
      if state.isDelivering || state.pending.isEmpty { return false }
      state.isDelivering = true
      return true
    }
    guard mayDeliver else { return }
    while let (events, observers) = takePending() {
      for event in events {
        for observer in observers { observer.handle(event) }
      }
    }
  }

  private func takePending() -> ([Event], [(number: Int, handle: @Sendable (Event) -> Void)])? {
    state.withLock { state in
      guard !state.pending.isEmpty else {
        state.isDelivering = false
        return nil
      }
      let events = state.pending
      state.pending = []
      return (events, state.observers)
    }
  }
}

/// An observer's registration. It lasts until `cancel`, whether this value is kept or not.
public final class Observation: Sendable {
  private let remove: @Sendable () -> Void

  init(_ remove: @escaping @Sendable () -> Void) {
    self.remove = remove
  }

  /// No event is handed over any more, except one that is being handed over just now.
  public func cancel() {
    remove()
  }
}
