internal import Concurrency

/// Open files by the number of their segment. Thousands of partitions have more of them than a process may hold open.
final class FileCache: Sendable {
  private struct State {
    var files: [UInt64: (file: File, lastUse: UInt64)] = [:]
    var uses: UInt64 = 0
    var nextSegment: UInt64 = 0
  }

  private let capacity: Int
  private let state = Locked(State())

  /// - Parameter capacity: so many files stay open; those in use at the moment come on top.
  init(capacity: Int = 256) {
    self.capacity = capacity
  }

  /// A number that no segment has had.
  func makeSegmentID() -> UInt64 {
    state.withLock { state in
      state.nextSegment += 1
      return state.nextSegment
    }
  }

  func file(of segment: DiskSegment, _ mode: File.Mode) throws(BusError) -> File {
    let known = state.withLock { state -> File? in
      state.uses += 1
      state.files[segment.id]?.lastUse = state.uses
      return state.files[segment.id]?.file
    }
    if let known { return known }
    let file = try File(segment.path, mode)
    return state.withLock { state in
      // Another thread may have opened it meanwhile: one of the two is enough.
      if let other = state.files[segment.id]?.file { return other }
      if state.files.count >= capacity { evict(&state) }
      state.uses += 1
      state.files[segment.id] = (file, state.uses)
      return file
    }
  }

  func forget(_ segment: DiskSegment) {
    _ = state.withLock { $0.files.removeValue(forKey: segment.id) }
  }

  /// Closes the half that was not used for longest. Which are closed changes nothing that anybody sees.
  private func evict(_ state: inout State) {
    let uses = state.files.values.map(\.lastUse).sorted()
    let limit = uses[uses.count / 2]
    state.files = state.files.filter { $0.value.lastUse > limit }
  }
}
