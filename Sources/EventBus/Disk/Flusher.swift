internal import Concurrency
internal import Dispatch

/// Writes and syncs partitions in the background, each once for all who wait: whoever comes while a sync is under way
/// shares the next one (group commit). It uses no time of the processor while there is nothing to do.
final class Flusher: Sendable {
  private struct State {
    var waiting: [Partition] = []
    var isRunning = false
  }

  private let queue = DispatchQueue(label: "msatop.log")
  private let state = Locked(State())

  /// Puts a partition in the queue. Partitions are queued once; they ask again when there is more.
  func schedule(_ partition: Partition) {
    let mustStart = state.withLock { state in
      state.waiting.append(partition)
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if mustStart { queue.async { self.run() } }
  }

  /// As `schedule`, a little later: the disk took nothing just now.
  func scheduleLater(_ partition: Partition) {
    queue.asyncAfter(deadline: .now() + .milliseconds(200)) { self.schedule(partition) }
  }

  /// Returns once what was scheduled before is done.
  func drain() async {
    await withCheckedContinuation { continuation in queue.async { continuation.resume() } }
  }

  private func run() {
    while true {
      let partitions = state.withLock { state in
        defer { state.waiting = [] }
        if state.waiting.isEmpty { state.isRunning = false }
        return state.waiting
      }
      if partitions.isEmpty { return }
      for partition in partitions { partition.flush() }
    }
  }
}
