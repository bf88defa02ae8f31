internal import Simulation

/// Wakes one waiting task. A signal that comes while nobody waits is kept for the next wait.
final class Signal: @unchecked Sendable {
  private let time: VirtualTime
  private var waiter: Reply<Bool>?
  private var isSet = false

  init(on time: VirtualTime) {
    self.time = time
  }

  func set() {
    if let waiter {
      self.waiter = nil
      waiter.resolve(.success(true))
    } else {
      isSet = true
    }
  }

  /// Waits for the signal, at most `limit` nanoseconds; returns early when the task is cancelled.
  func wait(atMost limit: Int64) async {
    if isSet {
      isSet = false
      return
    }
    let reply = Reply<Bool>()
    waiter = reply
    _ = try? await reply.value(within: limit, on: time)
    if waiter === reply { waiter = nil }
  }
}
