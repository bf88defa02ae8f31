import EventBus

extension Acknowledgement {
  /// Where a record is when its writer is told that it is safe.
  var words: String {
    switch self {
    case .memory: "in memory"
    case .written: "on disk, written"
    case .synced: "on disk, synced"
    }
  }
}
